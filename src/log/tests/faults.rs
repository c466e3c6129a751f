//! Every call of the file system fails or ends the process once, and the power is cut anywhere.

use std::path::PathBuf;

use super::sim_disk::{Dice, Fault, SimDisk};
use super::{Story, dir, opened};
use crate::log::LogAppendError;

const GROUPS: usize = 14;

/// Returns the number of calls of a story without faults.
fn calls(seed: u64) -> u64 {
    let disk = SimDisk::default();
    Story::default().go_on(&disk, &mut Dice::new(seed), GROUPS).unwrap();
    disk.calls()
}

#[test]
fn a_story_without_faults_fills_several_segments() {
    let (disk, mut story) = (SimDisk::default(), Story::default());
    let log = story.go_on(&disk, &mut Dice::new(1), GROUPS).unwrap();
    story.judge(&log.reader()).unwrap();
    assert!(story.acknowledged.len() >= GROUPS);
    let segments = disk.sizes().iter().filter(|(path, _)| path.starts_with("/data/log")).count();
    assert!(segments >= 3, "{segments} segments");
    drop(log);
    let mut again = opened(&disk).unwrap();
    story.judge(&again.reader()).unwrap();
    story.append(&mut again, &mut Dice::new(2)).unwrap();
    story.judge(&again.reader()).unwrap();
}

/// Whatever call fails, before or after its effect: what was acknowledged is in the log, in this
/// process, in the next one, and after a power cut.
#[test]
fn each_call_fails_once_before_and_after_its_effect() {
    let seed = 3;
    for fault in [Fault::FailBefore, Fault::FailAfter, Fault::EndBefore, Fault::EndAfter] {
        for nth in 1..=calls(seed) {
            let what = format!("{fault:?} at call {nth}");
            let (disk, mut story, mut dice) = (SimDisk::default(), Story::default(), Dice::new(seed));
            disk.arm(nth, fault);
            if let Ok(log) = story.go_on(&disk, &mut dice, GROUPS) {
                story.judge(&log.reader()).unwrap_or_else(|why| panic!("{what}: {why}"));
            }
            for next in [disk.copied(), disk.power_cut(&mut dice)] {
                let mut log = story.clone();
                let mut next = opened(&next.restarted()).unwrap_or_else(|error| panic!("{what}: {error}"));
                log.judge(&next.reader()).unwrap_or_else(|why| panic!("{what}, next process: {why}"));
                log.append(&mut next, &mut dice).unwrap_or_else(|error| panic!("{what}: {error}"));
                log.judge(&next.reader()).unwrap_or_else(|why| panic!("{what}, written on: {why}"));
            }
        }
    }
}

/// A full disk refuses what does not fit, at any call, and nothing else: there is no restart, and
/// once there is space, appends continue.
#[test]
fn a_full_disk_is_a_refusal_and_not_the_end() {
    let seed = 5;
    let mut refusals = 0;
    for nth in 8..=calls(seed) {
        let what = format!("full from call {nth} on");
        let (disk, mut story, mut dice) = (SimDisk::default(), Story::default(), Dice::new(seed));
        let mut log = opened(&disk).unwrap();
        disk.arm(nth.saturating_sub(disk.calls()).max(1), Fault::Full);
        for _ in 0..GROUPS {
            match story.append(&mut log, &mut dice) {
                Ok(()) => {}
                Err(LogAppendError::Rejected { why }) => {
                    assert!(why.contains("space") || why.contains("segment"), "{what}: {why}");
                    refusals += 1;
                }
                Err(error) => panic!("{what}: {error}"),
            }
            story.judge(&log.reader()).unwrap_or_else(|why| panic!("{what}: {why}"));
        }
        disk.make_room();
        story.append(&mut log, &mut dice).unwrap_or_else(|error| panic!("{what}: {error}"));
        story.judge(&log.reader()).unwrap_or_else(|why| panic!("{what}: {why}"));
        let next = opened(&disk.power_cut(&mut dice)).unwrap_or_else(|error| panic!("{what}: {error}"));
        story.judge(&next.reader()).unwrap_or_else(|why| panic!("{what}, next process: {why}"));
    }
    assert!(refusals > GROUPS, "{refusals}");
}

/// Runs a story of several processes, each of which ends at some call, by a kill or a power cut.
/// Returns what is wrong with the log afterwards.
fn lives(seed: u64, forgets: Option<u64>) -> Result<usize, String> {
    let (mut disk, mut story, mut dice) = (SimDisk::default(), Story::default(), Dice::new(seed));
    for _ in 0..3 {
        if let Some(every) = forgets {
            disk.forget(every);
        }
        let fault = if dice.below(2) == 0 { Fault::EndBefore } else { Fault::EndAfter };
        disk.arm(1 + dice.below(70), fault);
        let groups = 1 + dice.below(20) as usize;
        match story.go_on(&disk, &mut dice, groups) {
            Ok(log) => story.judge(&log.reader())?,
            // It ended while it opened.
            Err(_) if disk.calls() > 0 => {}
            Err(error) => return Err(error.to_string()),
        }
        disk = if dice.below(4) == 0 { disk.restarted() } else { disk.power_cut(&mut dice) };
    }
    let log = opened(&disk).map_err(|error| error.to_string())?;
    story.judge(&log.reader())?;
    Ok(story.acknowledged.len())
}

#[test]
fn nothing_acknowledged_is_lost_in_ten_thousand_power_cuts() {
    let mut acknowledged = 0;
    for seed in 1..=3_400 {
        acknowledged += lives(seed, None).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
    }
    assert!(acknowledged > 30_000, "{acknowledged}");
}

/// The control: with a disk that forgets a synchronisation now and then, the same judge finds
/// losses.
#[test]
fn a_forgotten_synchronisation_is_found() {
    let wrong = (1..=300).filter(|seed| lives(*seed, Some(5)).is_err()).count();
    assert!(wrong > 20, "{wrong} of 300");
}

/// An open that is refused changes nothing.
#[test]
fn what_a_crash_left_is_cut_only_by_a_writer() {
    let (disk, mut story, mut dice) = (SimDisk::default(), Story::default(), Dice::new(9));
    drop(story.go_on(&disk, &mut dice, 3).unwrap());
    let sizes = disk.sizes();
    let (path, size) = sizes.iter().rfind(|(path, _)| path.starts_with("/data/log")).unwrap();
    let path: PathBuf = path.clone();
    disk.damage(&path, |bytes| bytes.extend_from_slice(b"\xfestmfrm, the beginning of a frame"));
    let reader = crate::log::LogReader::open(&disk, dir()).unwrap().unwrap();
    story.judge(&reader).unwrap();
    assert_ne!(disk.sizes(), sizes, "a reader changes nothing");
    let log = opened(&disk).unwrap();
    story.judge(&log.reader()).unwrap();
    let now = disk.sizes();
    assert_eq!(now.iter().find(|(other, _)| *other == path).unwrap().1, *size, "the rest is cut off");
}

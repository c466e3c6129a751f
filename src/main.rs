//! The `stemma` program. Everything it does is in the library.

fn main() -> std::process::ExitCode {
    stemma::cli::main()
}

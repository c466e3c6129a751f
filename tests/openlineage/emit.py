"""Sends two runs with the OpenLineage client for Python: `emit.py URL TOKEN`. The second reads the
output of the first."""

import sys
from datetime import datetime, timezone

from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import schema_dataset, source_code_location_job
from openlineage.client.transport.http import ApiKeyTokenProvider, HttpCompression, HttpConfig, HttpTransport
from openlineage.client.uuid import generate_new_uuid

PRODUCER = "https://example.org/tests"


def client(url, token, compression):
    auth = ApiKeyTokenProvider({"apiKey": token})
    return OpenLineageClient(transport=HttpTransport(HttpConfig(url=url, auth=auth, compression=compression, retry={"total": 0})))


def dataset(kind, name):
    fields = [schema_dataset.SchemaDatasetFacetFields(name="id", type="BIGINT")]
    return kind(namespace="s3://bucket", name=name, facets={"schema": schema_dataset.SchemaDatasetFacet(fields=fields)})


def run(client, name, read, written):
    code = source_code_location_job.SourceCodeLocationJobFacet(type="git", url="https://example.org/jobs.git")
    job, run = Job(namespace="tests", name=name, facets={"sourceCodeLocation": code}), Run(runId=str(generate_new_uuid()))
    for state in (RunState.START, RunState.RUNNING, RunState.COMPLETE):
        client.emit(
            RunEvent(
                eventType=state,
                eventTime=datetime.now(timezone.utc).isoformat(),
                run=run,
                job=job,
                producer=PRODUCER,
                inputs=[dataset(InputDataset, read)],
                outputs=[dataset(OutputDataset, written)] if state == RunState.COMPLETE else [],
            )
        )


def main():
    url, token = sys.argv[1:]
    run(client(url, token, None), "make_clean", "raw", "clean")
    run(client(url, token, HttpCompression.GZIP), "make_report", "clean", "report")


main()

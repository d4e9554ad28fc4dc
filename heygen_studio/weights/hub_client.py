"""The program that downloads files of a hub repository: ``python -m heygen_studio.weights.hub_client``.

It runs in a process of its own, so that a cancel can stop it at any moment. Arguments: repository, revision, folder, files.
It prints one line of JSON for each finished file, or one with the reason why it could not go on.
"""

from __future__ import annotations

import json
import sys

from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)


def main(repository: str, revision: str, folder: str, *files: str) -> int:
    """Download every file into ``folder`` and report its commit and the hash that the hub has for it."""
    for file in files:
        try:
            # Asked for first, because this fails at once where the download itself would try for a minute.
            about = get_hf_file_metadata(hf_hub_url(repository, file, revision=revision))
            hf_hub_download(repository, file, revision=about.commit_hash, local_dir=folder)
        except Exception as error:  # whatever it is, the parent process says it in its own sentence
            print(json.dumps({"file": file, "why": _why(error)}))
            return 1
        revision = about.commit_hash or revision  # all files of one commit
        print(json.dumps({"file": file, "hash": about.etag, "commit": about.commit_hash}), flush=True)
    return 0


def _why(error: Exception) -> str:
    if isinstance(error, GatedRepoError):
        return "its owner wants its terms accepted first: do so on its page, and set HF_TOKEN"
    if isinstance(error, RevisionNotFoundError):
        return "the repository has no such revision"
    if isinstance(error, RepositoryNotFoundError):
        return "there is no such repository, or it is private"
    if isinstance(error, EntryNotFoundError):
        return "the repository has no such file"
    if isinstance(error, HfHubHTTPError) and error.response is not None:
        return f"the hub answered with status {error.response.status_code}"
    if type(error).__module__.startswith(("httpx", "requests")):  # the hub's package has changed its HTTP library before
        return "the hub cannot be reached"
    lines = str(error).strip().splitlines()
    return lines[0][:160].rstrip(".") if lines else type(error).__name__


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""A validator of OpenAPI descriptions, and of answers by them, that others wrote."""

import json
import subprocess
from typing import Any

from tests.oracles.replayed import FOLDER, missing

_PROGRAM = """
import json, sys
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

told, answers = json.load(sys.stdin)
found = [error.message for error in OpenAPIV31SpecValidator(told).iter_errors()]
for path, answer in answers:
    schema = told["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    whole = Draft202012Validator({**schema, "components": told["components"]})
    found += [f"{path}: {list(error.path)}: {error.message}" for error in whole.iter_errors(answer)]
print(json.dumps(found))
"""


def complaints(description: dict[str, Any], answers: list[tuple[str, Any]]) -> list[str]:
    """What is wrong with a description, and with answers at paths that it describes."""
    if not (FOLDER / "ready-oracles").exists():
        missing("no validator of OpenAPI; `./run tests` installs it")
    done = subprocess.run(
        [str(FOLDER / "bin" / "python"), "-c", _PROGRAM],
        input=json.dumps([description, answers]), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found: list[str] = json.loads(done.stdout)
    return found

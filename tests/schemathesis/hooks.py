"""What an OpenAPI document cannot say: a key serves one intent, a looser spelling is valid too, a card's number is no id."""

import json
import re
import uuid
from pathlib import Path

import jsonschema_rs
import schemathesis
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

DOCUMENT = json.loads((Path(__file__).parents[2] / "proxy/openapi.json").read_text())
KEY = re.compile(r"[A-Za-z0-9_\-]{16,64}")


@schemathesis.hook
def before_call(context, case, kwargs):
    """Makes each call an intent of its own, by somebody who accepted every notice."""
    if case.path_parameters is None or "key" not in case.path_parameters:
        if KEY.fullmatch(str((case.headers or {}).get("idempotency-key", ""))):
            case.headers["idempotency-key"] = uuid.uuid4().hex
    if case.headers is not None:
        case.headers["accept-notices"] = "old_card_ends"


@schemathesis.check
def what_is_wrong_is_refused(ctx, response, case):
    """Schemathesis' own check, but for what only spells a valid request in another way."""
    try:
        negative_data_rejection(ctx, response, case)
    except AssertionError:
        if not is_valid_in_normal_form(case):
            raise


@schemathesis.check
def what_is_right_is_taken(ctx, response, case):
    """Schemathesis' own check, but for an id that could be a card's number: no pattern tells one."""
    try:
        positive_data_acceptance(ctx, response, case)
    except AssertionError:
        if response.status_code != 422 or not holds_a_number(str(dict(case.body or {}).get("card_id", ""))):
            raise


def holds_a_number(text):
    """Whether 13 to 19 digits, in one run or in groups, end in the right check digit."""
    for run in re.findall(r"[0-9](?:[ -]?[0-9])+", text):
        digits = [int(digit) for digit in run if digit.isdigit()]
        for start in range(len(digits)):
            for length in range(13, min(19, len(digits) - start) + 1):
                part = digits[start : start + length][::-1]
                if sum(part[::2] + [d // 10 + d % 10 for d in (2 * digit for digit in part[1::2])]) % 10 == 0:
                    return True
    return False


def is_valid_in_normal_form(case):
    definition = DOCUMENT["paths"][case.operation.path][case.operation.method.lower()]
    if "requestBody" in definition:
        schema = definition["requestBody"]["content"]["application/json"]["schema"]
        given = normal(case.body) if isinstance(case.body, dict) else case.body
    else:
        parameters = [one for one in definition["parameters"] if one["in"] == "query"]
        schema = {"properties": {one["name"]: one["schema"] for one in parameters}, "additionalProperties": False}
        given = normal({name: number(value) for name, value in (case.query or {}).items()})
    validator = jsonschema_rs.Draft202012Validator({**schema, "components": DOCUMENT["components"]})
    return validator.is_valid(given)


def normal(given):
    """DESIGN.md, section 4: trimmed, state and country in capitals, and what is blank is not there."""
    found = {}
    for name, value in given.items():
        if isinstance(value, str):
            value = value.strip()
            value = value.upper() if name in ("state", "country") else value
        elif isinstance(value, dict):
            value = normal(value)
        if value not in (None, "", {}):
            found[name] = value
    if found.get("card_type") == "virtual":
        found.pop("shipping_address", None)
    return found


def number(value):
    """A query is text; the page in it is a number."""
    return int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]+", value.strip()) else value

#!/usr/bin/python3
"""Holds documents against the schemas in a folder: a line `{"schema": NAME, "document": ...}` in, a line out that is
empty where the document conforms, and else says what is wrong. Debian's python3-jsonschema does the work."""

import datetime
import json
import pathlib
import re
import sys

import jsonschema

WORDS = {
    "required": lambda fault: '"%s" is missing' % next(n for n in fault.validator_value if n not in fault.instance),
    "type": lambda fault: '"%s" is not of its type' % name_of(fault),
    "additionalProperties": lambda fault: '"%s" is not in the schema' % stranger_of(fault),
    "unevaluatedProperties": lambda fault: '"%s" is not in the schema' % stranger_of(fault),
}
formats = jsonschema.FormatChecker(formats=())


def is_format(name):
    """Registers a check of strings; a format says nothing of other values."""
    return lambda check: formats.checks(name, ValueError)(lambda value: not isinstance(value, str) or check(value))


@is_format("date-time")
def is_moment(text):
    """RFC 3339, as Turnout writes it: whole seconds, and an offset or Z."""
    moment = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(Z|[+-]\d\d:\d\d)", text)
    return moment is not None and bool(datetime.datetime.fromisoformat(moment.group(1)))


@is_format("date")
def is_date(text):
    return len(text) == 10 and bool(datetime.date.fromisoformat(text))


@is_format("uri")
def is_uri(text):
    return re.fullmatch(r"[a-z][a-z0-9+.-]*:\S+", text) is not None


def name_of(fault):
    return next((step for step in reversed(fault.absolute_path) if isinstance(step, str)), "")


def stranger_of(fault):
    return re.search(r"\('(.*?)'", fault.message).group(1)


def fault_of(validator, document):
    faults = sorted(validator.iter_errors(document), key=lambda fault: "Properties" in str(fault.validator))
    if not faults:
        return ""
    words = WORDS.get(faults[0].validator, lambda fault: '"%s": %s' % (name_of(fault), fault.message))
    return words(faults[0]).replace("\n", " ")


def main():
    folder = pathlib.Path(sys.argv[1])
    schemas = {path.name: json.loads(path.read_text()) for path in folder.glob("*.schema.json")}
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    checkers = {}
    for line in sys.stdin:
        asked = json.loads(line)
        name = asked["schema"]
        if name not in checkers:
            base = folder.as_uri() + "/" + name
            store = {folder.as_uri() + "/" + other: schemas[other] for other in schemas}
            resolver = jsonschema.RefResolver(base, schemas[name], store=store)
            checkers[name] = jsonschema.Draft202012Validator(
                schemas[name], resolver=resolver, format_checker=formats
            )
        print(fault_of(checkers[name], asked["document"]), flush=True)


main()

"""`python -m gateway.routes`: the OpenAPI document, of which the types of the pages are made."""

import sys

import orjson

from gateway.openapi import document
from gateway.routes import ROUTES

sys.stdout.buffer.write(orjson.dumps(document(ROUTES), option=orjson.OPT_INDENT_2))

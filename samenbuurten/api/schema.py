"""The OpenAPI document: what the views take and give, read from the same classes that answer."""

import json
from functools import cache
from pathlib import Path

from django_filters import ChoiceFilter, UUIDFilter
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from rest_framework.response import Response

from registry.foundation.api.question import CRS84, MOST, USUAL
from registry.foundation.api.views import Endpoint
from samenbuurten.api import ROOT, VERSION, schema_texts
from samenbuurten.api.problems import MEDIA_TYPE, WORDS

# Path to question and answer, each as it was given; a test asks them again.
EXAMPLES = Path(__file__).resolve().parent / "examples.json"
_ERRORS = (400, 401, 403, 404, 406, 410, 429, 500, 503)


class OpenApi(Endpoint):
    """The document that describes the API, without a login."""

    def get(self, request):
        return Response(document())


@cache
def document():
    return Generator(api_version=VERSION).get_schema(request=None, public=True)


def only_ours(endpoints):
    """What lies under the root of the API, each once."""
    return [
        (path, regex, method, callback)
        for path, regex, method, callback in endpoints
        if path.startswith(f"{ROOT}/") or path == ROOT
        if method == "GET" and path != f"{ROOT}/"
    ]


class Generator(SchemaGenerator):
    def get_schema(self, request=None, public=False):
        schema = super().get_schema(request, public)
        schema["components"] = {
            "headers": _headers(),
            "responses": {f"Fout{status}": _problem(status) for status in _ERRORS},
            "schemas": dict(sorted((schema["components"]["schemas"] | _schemas()).items())),
            "securitySchemes": {
                "sleutel": {"type": "http", "scheme": "bearer", "description": "De sleutel van een partner."}
            },
        }
        _inline_nullable(schema["components"]["schemas"])
        _drop_unused(schema)
        # A key is never needed: {} stands for "without".
        schema["security"] = [{}, {"sleutel": []}]
        schema["tags"] = [
            {"name": name, "description": about} for name, (_one, about) in schema_texts.COLLECTIONS.items()
        ]
        schema["tags"].append({"name": "start", "description": "Waar u begint."})
        # Through JSON: no lazy text is left in it.
        return json.loads(json.dumps(schema, default=str))


class Schema(AutoSchema):
    """What one view takes and gives."""

    def get_serializer_name(self, serializer, direction):
        return schema_texts.SCHEMAS[type(serializer).__name__.removesuffix("Shape")]

    def _map_basic_serializer(self, serializer, direction):
        schema = super()._map_basic_serializer(serializer, direction)
        if not vars(type(serializer)).get("__doc__"):
            # The words of the class it was made from are about the code.
            schema.pop("description", None)
        return schema

    def get_operation(self, path, path_regex, path_prefix, method, registry):
        self.path, self.path_regex, self.path_prefix = path, path_regex, path_prefix
        self.method, self.registry = method, registry
        here = path.removeprefix(ROOT)
        if here in _FIXED:
            return _FIXED[here]()
        nouns = [part for part in here.split("/") if part and not part.startswith("{")]
        # What is asked for is in the last noun: /knelpunten/{code}/initiatieven gives initiatieven.
        of, last = nouns[0], nouns[-1]
        is_list = bool(self.view.collection)
        singular, about = schema_texts.COLLECTIONS.get(last, ("resultaten", ""))
        summary = f"Alle {last}" if is_list else f"Eén {singular}"
        if len(nouns) > 1:
            summary = f"De {last} bij een {schema_texts.COLLECTIONS[of][0]}"
            about = _NESTED[last]
        name = "".join([nouns[0], *(word.capitalize() for word in nouns[1:])])
        # One of them is called by the singular.
        name = name if is_list or len(nouns) > 1 else singular
        content = {"schema": self._given(last, is_list)}
        if name in _examples():
            content["examples"] = {"voorbeeld": _example(name)}
        more = _FORMS if is_list and last == "initiatieven" else {}
        headers = [*(["Link"] if is_list else []), *(["Content-Crs"] if self.view.is_located else [])]
        errors = [400, 401, *([] if last != "resultaten" else [403]), 404, 406, 429, 500, 503]
        errors += [410] if of == "metingen" and not is_list else []
        return {
            "operationId": name,
            "summary": summary,
            "description": about,
            "tags": [of],
            "parameters": [*self._keys(), *self._query(is_list)],
            "responses": _responses(content, errors, headers, moved=name == "initiatief", forms=more),
        }

    def _given(self, collection, is_list):
        component = self.resolve_serializer(self.view.serializer_class(), "response")
        # ``velden`` may leave each of them out.
        component.schema.pop("required", None)
        if self.view.expansions:
            component.schema["properties"]["_embedded"] = {
                "type": "object",
                "description": "Wat met `expand` is gevraagd.",
                "properties": dict(self._embedded()),
            }
        if not is_list:
            return component.ref
        properties = {
            "aantal": {"type": "integer", "minimum": 0, "description": "Hoeveel er in totaal zijn."},
            "pagina": {
                "type": "integer",
                "minimum": 1,
                "nullable": True,
                "description": "Null bij een cursor.",
            },
            "aantalPaginas": {"type": "integer", "minimum": 1},
            collection: {"type": "array", "items": component.ref},
            "_links": {"$ref": "#/components/schemas/Bladeren"},
        }
        required = list(properties)
        if self.view.facets:
            properties["facetten"] = {
                "type": "object",
                "additionalProperties": {"type": "array", "items": {"$ref": "#/components/schemas/Facet"}},
            }
        if self.view.follows:
            properties["verwijderd"] = {"type": "array", "items": {"$ref": "#/components/schemas/Verwijderd"}}
        return {"type": "object", "required": required, "properties": properties}

    def _keys(self):
        names = [part[1:-1] for part in self.path.split("/") if part.startswith("{")]
        return [
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": schema_texts.KEYS[name],
                "schema": {"type": "string", "minLength": 1},
            }
            for name in names
        ]

    def _embedded(self):
        for name, expansion in self.view.expansions.items():
            if shape := expansion.shape:
                ref = self.resolve_serializer(shape(), "response").ref
                whole = {"nullable": True, "allOf": [ref]}
                yield name, {"type": "array", "items": ref} if expansion.is_list else whole

    def _query(self, is_list):
        view = self.view
        if is_list:
            yield _parameter("page", {"type": "integer", "minimum": 1, "maximum": 10**9, "default": 1})
            yield _parameter("pageSize", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL})
            yield _parameter("cursor", {"type": "string", "minLength": 1, "maxLength": 200})
        for name, filter_field in view.filterset_class.base_filters.items() if view.filterset_class else ():
            if name not in view.in_path:
                yield _filter(name, filter_field)
        if view.follows:
            yield _parameter("gewijzigdSinds", {"type": "string", "format": "date-time"})
        if view.is_located:
            yield _parameter("crs", _CRS)
        lists = {
            "sorteer": [sign + name for name in view.sortings for sign in ("", "-")],
            "facetten": view.facets,
            "velden": list(view.serializer_class().fields),
            "expand": list(view.expansions),
        }
        for name, choices in lists.items():
            if choices:
                several = {"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(choices)}}
                yield _parameter(name, several) | {"style": "form", "explode": False}


def _inline_nullable(schemas):
    """Write out what may be null: in OpenAPI 3.0 a reference cannot be."""
    for schema in schemas.values():
        properties = schema.get("properties", {})
        for parts in (properties, properties.get("_embedded", {}).get("properties", {})):
            for name, part in parts.items():
                if part.get("nullable") and "allOf" in part:
                    other = schemas[part["allOf"][0]["$ref"].rpartition("/")[2]]
                    parts[name] = other | {"nullable": True}


def _drop_unused(schema):
    """Of what was written out, nobody refers to the original any more."""
    schemas, before = schema["components"]["schemas"], None
    while before != len(schemas):
        before, text = len(schemas), json.dumps(schema, default=str)
        for name in [name for name in schemas if f'schemas/{name}"' not in text]:
            del schemas[name]


def _parameter(name, schema):
    return {"name": name, "in": "query", "description": schema_texts.PARAMETERS[name], "schema": schema}


def _filter(name, filter_field):
    values = [value for value, _label in filter_field.extra.get("choices", ())]
    if values:
        schema = {"type": "string", "enum": values}
    elif name in schema_texts.PATTERNS:
        schema = {"type": "string", "pattern": schema_texts.PATTERNS[name]}
    elif isinstance(filter_field, UUIDFilter):
        return _parameter(name, {"type": "string"})  # also without dashes
    else:
        readable = {
            "type": "string",
            "maxLength": filter_field.extra["max_length"],
            "pattern": r"^[^\u0000]*$",
        }
        return _parameter(name, readable)
    if type(filter_field) is ChoiceFilter:
        return _parameter(name, schema)
    several = {"type": "array", "items": schema}
    return _parameter(name, several) | {"style": "form", "explode": True}


def _responses(content, errors, more=(), moved=False, forms=None):
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in ("API-Version", "ETag", *more)}
    version = {"API-Version": headers["API-Version"]}
    contents = {"application/json": content} | (forms or {})
    responses = {"200": {"description": "Gelukt.", "headers": headers, "content": contents}}
    if moved:
        location = {
            "Location": {"description": "Het andere adres.", "schema": {"type": "string", "format": "uri"}}
        }
        responses["301"] = {
            "description": "Samengevoegd met een ander initiatief.",
            "headers": version | location,
        }
    responses["304"] = {"description": "Niet veranderd sinds de ETag in If-None-Match.", "headers": version}
    return responses | {str(status): {"$ref": f"#/components/responses/Fout{status}"} for status in errors}


def _headers():
    number = {"type": "integer"}
    return {
        "API-Version": {
            "description": "De versie van de API.",
            "schema": {"type": "string", "example": VERSION},
        },
        "Content-Crs": {
            "description": "Het coördinatenstelsel van de locaties.",
            "schema": {"type": "string", "example": f"<{CRS84}>"},
        },
        "ETag": {
            "description": "Stuur deze mee als If-None-Match: is er niets veranderd, dan krijgt u 304.",
            "schema": {"type": "string"},
        },
        "Link": {
            "description": "De andere pagina’s: first, prev, next en last.",
            "schema": {"type": "string"},
        },
        "Retry-After": {"description": "Hoeveel seconden u moet wachten.", "schema": number},
    }


def _problem(status):
    names = ["API-Version", *(["Retry-After"] if status in (429, 503) else [])]
    title, detail = WORDS[status]
    example = {"type": "about:blank", "status": status, "title": title, "detail": detail}
    return {
        "description": title,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Probleem"}, "example": example}},
    }


def _schemas():
    text, href = {"type": "string"}, {"$ref": "#/components/schemas/Adres"}
    return {
        "Probleem": _object(
            {
                "type": text,
                "status": {"type": "integer", "minimum": 400, "maximum": 599},
                "title": text,
                "detail": text,
            },
            invalidParams={"type": "array", "items": {"$ref": "#/components/schemas/FouteParameter"}},
        )
        | {"description": "Een fout, als in RFC 9457. `invalidParams`: alles wat niet klopt, in één keer."},
        "Bladeren": {
            "type": "object",
            "required": ["self"],
            "properties": dict.fromkeys(("self", "first", "prev", "next", "last", "wijzigingen"), href),
        },
        "Facet": _object({"waarde": text, "naam": text, "aantal": {"type": "integer", "minimum": 0}}),
        "Verwijderd": _object({"id": text | {"format": "uuid"}, "tijdstip": text | {"format": "date-time"}})
        | {"description": "Niet meer openbaar, of niet meer in deze selectie."},
        "FouteParameter": _object({"name": text, "reason": text}),
    }


def _object(properties, **optional):
    return {"type": "object", "required": list(properties), "properties": properties | optional}


@cache
def _examples():
    return json.loads(EXAMPLES.read_text(encoding="utf-8"))


def _example(name):
    example = _examples()[name]
    return {"summary": f"GET {example['pad']}", "value": example["antwoord"]}


def _root():
    answer = _object({"naam": {"type": "string"}, "versie": {"type": "string"}, "_links": {"type": "object"}})
    return {
        "operationId": "start",
        "summary": "Waar u begint",
        "description": "De adressen van alle collecties en van de documentatie.",
        "tags": ["start"],
        "responses": _responses({"schema": answer}, [400, 401, 406, 429, 500, 503]),
    }


def _openapi():
    responses = _responses({"schema": {"type": "object"}}, [400, 401, 406, 429, 500, 503])
    anywhere = {"description": "Elke site mag dit lezen.", "schema": {"type": "string", "enum": ["*"]}}
    for status in ("200", "304"):
        responses[status]["headers"] = responses[status]["headers"] | {
            "access-control-allow-origin": anywhere
        }
    return {
        "operationId": "openapi",
        "summary": "Dit document",
        "description": "De beschrijving van de API in OpenAPI 3.0.3.",
        "tags": ["start"],
        "responses": responses,
    }


def _crss():
    answer = _object({"crs": {"type": "array", "items": {"type": "string", "format": "uri"}}})
    return {
        "operationId": "crss",
        "summary": "De coördinatenstelsels",
        "description": "De stelsels waarin u locaties kunt krijgen: alleen CRS84 (lengtegraad, breedtegraad).",
        "tags": ["start"],
        "responses": _responses({"schema": answer}, [400, 401, 406, 429, 500, 503]),
    }


_CRS = {"type": "string", "format": "uri", "enum": [CRS84]}
_FIXED = {"": _root, "/openapi.json": _openapi, "/crss": _crss}
# What the list of initiatives can be had as, by the header Accept.
_FORMS = {
    "application/geo+json": {
        "schema": {"type": "object", "description": "Een FeatureCollection (RFC 7946)."}
    },
    "application/ld+json": {"schema": {"type": "object", "description": "In woorden van schema.org."}},
    "text/csv": {"schema": {"type": "string", "description": "Een regel per initiatief."}},
    "application/x-ndjson": {"schema": {"type": "string", "description": "Een JSON-object per regel."}},
}
_NESTED = {
    "initiatieven": "De initiatieven die dit knelpunt ervaren of aanpakken. Met `rol` alleen een van beide.",
    "resultaten": "Per niveau en per stelling: aantal, percentage en marge, of de reden waarom er geen getal staat. "
    "Met `expand` de rest; daarvoor is een sleutel nodig met ‘resultaten in detail’.",
}

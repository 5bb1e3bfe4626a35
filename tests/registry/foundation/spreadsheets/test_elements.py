import io

import pytest
from defusedxml import ElementTree as Defused

from registry.foundation.spreadsheets import elements

pytestmark = pytest.mark.once
BOMB = '<!DOCTYPE a [<!ENTITY b "lang"><!ENTITY c "&b;&b;">]><a>&c;</a>'
DECLARED = '<?xml version="1.0" encoding="{}" standalone="yes"?>'
# What the parser in C reads by itself, and what Python adds to it.
ENCODINGS = "utf-8 utf-8-sig utf-16 utf-16-le utf-16-be iso-8859-1 us-ascii cp037 cp1140 cp500".split()


class Peeked(io.BytesIO):
    def peek(self, number=-1):
        return self.getvalue()[self.tell() :][:number]


def events(content, how=elements.iterparse, **options):
    pairs = how(Peeked(content), events=("start", "end"), **options)
    return [(event, element.tag, element.text) for event, element in pairs]


@pytest.mark.parametrize("before", ["", "\n ", "<!-- -->", "<?x?>", "<!--\n<a>-->"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_document_type_is_refused_however_it_is_written(encoding, before):
    for declared in ("", DECLARED.format(encoding), DECLARED.format("UTF-8")):
        for content in (
            (declared + before + BOMB).encode(encoding),
            # The declaration is for all to read, what follows only for who heeds it.
            declared.encode() + (before + BOMB).encode(encoding),
        ):
            with pytest.raises(Exception, match=r".*") as refused:
                events(content)
            assert isinstance(refused.value, (Defused.ParseError, ValueError))


@pytest.mark.parametrize(
    ("start", "is_fast"),
    [
        ("", True),
        ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n', True),
        ("<?xml version='1.0' encoding='utf-8'?>", True),
        ('<?xml version="1.0" encoding="iso-8859-1"?>', False),
        ("<!-- x -->", False),
    ],
)
def test_what_is_read_fast_is_read_the_same(start, is_fast, monkeypatch):
    content = (start + '<x:a xmlns:x="urn:x"><b>één & twee</b><c/></x:a>'.replace("&", "&amp;")).encode(
        "iso-8859-1" if "8859" in start else "utf-8"
    )
    slow, slowly = Defused.iterparse, []
    monkeypatch.setattr(Defused, "iterparse", lambda *a, **b: slowly.append(a) or slow(*a, **b))
    assert events(content) == events(content, slow, forbid_dtd=True)
    assert bool(slowly) != is_fast


def test_the_name_of_an_element_is_without_its_namespace():
    assert [elements.local_name(tag) for tag in ("a", "{urn:x}a", "{a}}b")] == ["a", "a", "b"]

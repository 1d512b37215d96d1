#!/usr/bin/python3
"""Holds an Atom feed on standard input against RFC 4287, and prints its entries, a line each: category, title, id. Ends with 1
and says what is wrong where it is no such feed."""

import datetime
import re
import sys
import xml.etree.ElementTree as ElementTree

ATOM = "{http://www.w3.org/2005/Atom}"
ALLOWED = {"id", "title", "updated", "author", "link", "category", "content", "summary", "subtitle", "entry"}


def only(parent, name):
    """The text of an element that must be there just once (sections 4.1.1 and 4.1.2)."""
    found = parent.findall(ATOM + name)
    assert len(found) == 1, "%d %s in %s" % (len(found), name, parent.tag)
    return found[0].text or ""


def check_moment(text):
    """Section 3.3."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", text), text
    return datetime.datetime.fromisoformat(text)


def check_common(parent):
    """What feeds and entries have in common; returns the id and the moment."""
    for child in parent:
        assert child.tag.removeprefix(ATOM) in ALLOWED, child.tag
    identity = only(parent, "id")
    assert re.fullmatch(r"urn:[a-z]+:[A-Za-z0-9._:-]+", identity), identity  # absolute (section 4.2.6)
    assert only(parent, "title").strip(), "a title is empty"
    alternates = [(link.get("type"), link.get("hreflang")) for link in parent.findall(ATOM + "link[@rel='alternate']")]
    assert alternates and len(set(alternates)) == len(alternates), "%s: %s" % (identity, alternates)
    assert all(link.get("href") for link in parent.findall(ATOM + "link"))
    return identity, check_moment(only(parent, "updated"))


def main():
    feed = ElementTree.fromstring(sys.stdin.buffer.read())
    assert feed.tag == ATOM + "feed", feed.tag
    _, updated = check_common(feed)
    assert only(feed.find(ATOM + "author"), "name")  # so that entries need none (section 4.1.1)
    assert len(feed.findall(ATOM + "link[@rel='self']")) == 1
    entries = feed.findall(ATOM + "entry")
    identities = []
    before = updated
    for entry in entries:
        identity, moment = check_common(entry)
        assert moment <= before, "%s is newer than the one before it" % identity
        before = moment
        identities.append(identity)
        print(entry.find(ATOM + "category").get("term"), only(entry, "title"), identity, sep="\t")
    assert len(set(identities)) == len(identities), "two entries have one id"
    assert not entries or check_moment(only(entries[0], "updated")) == updated


try:
    main()
except (AssertionError, ElementTree.ParseError, ValueError) as fault:
    sys.exit(str(fault) or repr(fault))

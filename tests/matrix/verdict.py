"""What must hold for a cell, whatever the table of answers. Each rule yields (its name, what was seen). Where a rule
asks what httpd does by itself, it takes stock's conversation with the same bytes."""

import re
from dataclasses import dataclass, field

from dimensions import AS_STOCK
from handlers import HANDLERS

# Who runs only as a part of another page, or in place of one.
GUESTS = ("included", "header.cgi", "error-included", "error-status", "error-reads", "/error", "asked-grants",
          "asked-refuses")
# Behind these statuses httpd closes whatever was read.
DROPPING = (400, 408, 411, 413, 414, 500, 501, 503)
# ErrorDocuments that are answered with a status of their own.
OWN_STATUS = ("status", "proxied")
# Refused before any handler, besides what is denied.
BEFORE_HANDLERS = ("redirect", "unauthorised")


@dataclass
class Case:
    """A cell, its conversations with both servers, and what the module's server wrote down: `given` (who, bytes of
    content), `logged` request lines with the cell's number, `strange` ones without it from the same port."""

    cell: object
    seen: object
    stock: object
    given: list = field(default_factory=list)
    logged: list = field(default_factory=list)
    strange: list = field(default_factory=list)
    deaths: int = 0
    stock_deaths: int = 0

    @property
    def policy_on(self):
        return self.cell.policy not in AS_STOCK

    @property
    def expects(self):
        """Whether 100-continue means something in it."""
        return self.policy_on and self.cell.has_content and self.cell.version == "1.1"

    @property
    def rejected(self):
        return self.cell.action == "reject" and self.cell.version == "1.1"

    @property
    def reaches_gate(self):
        cell = self.cell
        return not self.rejected and cell.access == "allowed" and cell.handler not in BEFORE_HANDLERS

    @property
    def refused_by_application(self):
        return self.cell.action == "ask-refuses" and self.expects and self.reaches_gate

    @property
    def reaches_handler(self):
        return self.reaches_gate and not self.refused_by_application

    @property
    def handler(self):
        return HANDLERS[self.cell.handler]

    @property
    def refused_for_length(self):
        """LimitRequestBody, told from the Content-Length alone."""
        return self.cell.framing == "over" and self.handler.limited

    @property
    def is_read(self):
        """Whether something wants the content."""
        has_length = self.cell.framing in ("length", "long", "over")
        return (self.reaches_handler and self.handler.reads and (has_length or self.handler.chunks)
                and not self.refused_for_length)

    @property
    def differs_by_design(self):
        """Where httpd fails on content that mod_expect has nobody read: it is broken, too long, or reaches the error
        document or a page that is included. Where 100 was sent before, the error document may read what came."""
        if not self.policy_on:
            return False
        if not self.cell.ends or (self.cell.action in ("continue", "early") and any(
                who in GUESTS and count for who, count in self.given)):
            return True
        some_is_read = self.cell.handler == "turns-reads" and (
            self.cell.framing == "over-chunked" or self.cell.action == "ignore")
        return some_is_read or not self.is_read and self.cell.framing in ("over", "over-chunked") or re.search(
            rb"read [1-9]", self.stock.first.content) is not None


def smuggled(case):
    seen = case.seen
    if len(seen.answers) > seen.asked:
        yield f"{len(seen.answers)} answers to {seen.asked} requests"
    for number, answer in enumerate(seen.answers):
        due = ("first-c", "second-c")[min(number, 1)]
        if "SMUGGLED" in answer.answers or (answer.answers.startswith(("GET", "POST")) and due not in answer.answers):
            yield f"answer {number + 1} is to {answer.answers!r}"
    for line in case.logged + case.strange:
        if "SMUGGLED" in line:
            yield f"in the access log: {line}"
    for line in case.strange:
        if "SMUGGLED" not in line:
            yield f"bytes taken for a request, in the access log: {line!r}"
    if len(case.logged) > seen.asked:
        yield f"{len(case.logged)} requests in the access log: {case.logged}"
    if seen.junk:
        yield f"bytes that are no answer: {seen.junk[:200]!r}"


def died(case):
    if case.deaths and not case.stock_deaths and not case.cell.may_kill_stock:
        yield f"{case.deaths} lines in the error log about a child's end"


def unanswered(case):
    seen, stock = case.seen, case.stock
    if seen.first or seen.given_up or case.cell.may_kill_stock:
        return
    if seen.closed and not (stock.closed and not stock.first):
        yield "closed without an answer"
    elif not seen.closed and (stock.first or stock.given_up):
        yield "no answer although nothing is outstanding"


def silent(case):
    seen, cell = case.seen, case.cell
    if not seen.silent or (case.stock.silent and (case.is_read or not case.expects)):
        return
    # Without a field to forward, httpd collects content before it asks a backend.
    if case.policy_on and case.is_read and (cell.version == "1.0" or cell.action == "ignore"):
        return
    yield "no answer while content is outstanding" if seen.given_up else "no answer until the content came"


def wrong_interims(case):
    seen, cell = case.seen, case.cell
    count = len(seen.interims)
    if seen.late_interims:
        yield f"{seen.late_interims} after the final answer"
    if count > 1 or any(status != 100 for status in seen.interims):
        yield f"interim answers {seen.interims}"
    if not case.policy_on:
        return
    if count and not case.expects:
        yield "100 to a request without content, or of HTTP/1.0"
    if count and case.expects and cell.action in ("ignore", "reject", "ask-refuses"):
        yield f"100 although the action is {cell.action}"
    if count and cell.action == "meet" and not case.is_read and not case.handler.left_alone:
        yield "100 although nothing reads the content"
    if count and cell.action == "continue" and (not case.reaches_handler or case.refused_for_length):
        yield "100 before a refusal"
    waits = case.expects and cell.sending != "whole" and not seen.silent
    due = cell.action == "early" or (
        cell.action == "continue" and case.reaches_handler and cell.framing != "over")
    if waits and due and not count:
        yield "no 100"


def wrong_close(case):
    seen, cell, first = case.seen, case.cell, case.seen.first
    if not first:
        return
    if first.close and len(seen.answers) > 1:
        yield "an answer behind an announced close"
    if first.close and not seen.closed:
        yield "not closed although it was announced"
    if not first.close and seen.early and cell.has_content and not seen.content_sent:
        yield "kept although the content is outstanding"
    stock_lies = case.stock.first and not case.stock.first.close and len(case.stock.answers) < case.stock.asked
    # Content that was asked for before the handler, and is broken or too long, ends the connection behind an answer without it.
    asked_early = cell.action in ("continue", "early") and (cell.over_limit or not cell.ends)
    if not first.close and seen.content_sent and len(seen.answers) < seen.asked and not (stock_lies or asked_early):
        yield "closed without announcing it"
    if not case.policy_on or cell.version == "1.0":
        return
    if cell.has_content and cell.action in ("ignore", "reject", "ask-refuses") and not first.close:
        yield f"kept although the action is {cell.action}"
    if cell.framing == "zero" and cell.action != "reject" and not first.close:
        yield "kept although Content-Length is 0"
    without_reason = cell.framing == "none" or (cell.framing == "zero" and cell.action == "reject")
    drops = first.status in DROPPING or (cell.policy == "reject-413" and cell.error in OWN_STATUS)
    if (without_reason and first.close and not drops and
            not (cell.handler == "turns-suspended" and case.reaches_handler)):
        yield "closed although there is no content"
    stock = case.stock.first
    if (case.is_read and cell.has_content and cell.ends and cell.action in ("meet", "continue", "early") and stock and
            first.close and not stock.close):
        yield "closed although the content was read, where stock keeps"


def leaked(case):
    shut = case.cell.action in ("ignore", "ask-refuses") or (case.cell.action == "meet" and not case.is_read)
    for who, count in case.given:
        if who in GUESTS and count and (case.expects and shut or who.startswith("asked-")):
            yield f"{who} was given {count} bytes of content"


def other_answer(case):
    """Another answer than httpd's own, or than the rule's."""
    first, stock, cell = case.seen.first, case.stock.first, case.cell
    if not first or not stock or cell.may_kill_stock:
        return
    if case.rejected and cell.policy.startswith("section-") and cell.handler == "redirect":
        return  # answered before the section is known
    if case.rejected:
        due = 413 if cell.policy == "reject-413" else 417
        if first.status != due and cell.error not in OWN_STATUS:
            yield f"status {first.status}, not {due}"
        return
    if case.refused_by_application:
        said = first.status == 403 and first.content.startswith(b"asked-refuses")
        if not said and not (case.refused_for_length and first.status == 413):
            yield f"status {first.status}, {first.content[:80]!r}, not the application's"
        return
    if case.differs_by_design:
        return
    if cell.action == "ignore" and cell.handler == "reflector":
        return
    if first.status != stock.status:
        yield f"status {first.status}, stock's is {stock.status}"
    elif case.handler.same_body and first.content != stock.content:
        yield f"{first.content[:80]!r}, stock's is {stock.content[:80]!r}"


def not_as_stock(case):
    """A policy that is not in force changes nothing."""
    seen, stock = case.seen, case.stock
    if case.policy_on or not seen.first or not stock.first or case.cell.sending == "withheld":
        return
    if case.cell.handler in ("proxy-early", "fcgi-early"):
        return  # it is chance how much was read when the backend answered
    if seen.first.close != stock.first.close:
        yield "closes" if seen.first.close else "keeps"
    if len(seen.interims) != len(stock.interims):
        yield f"interim answers {seen.interims}, stock's are {stock.interims}"


RULES = {
    "smuggled": smuggled,
    "died": died,
    "unanswered": unanswered,
    "silent": silent,
    "interim": wrong_interims,
    "close": wrong_close,
    "leaked": leaked,
    "answer": other_answer,
    "as stock": not_as_stock,
}


def faults_of(case):
    return [(name, text) for name, rule in RULES.items() for text in rule(case)]

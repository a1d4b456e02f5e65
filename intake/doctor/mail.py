"""The way of a mail: the server that takes it, and what DNS says about its sender."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import dns.exception
import dns.resolver
from flask import current_app

from config import Smtp
from intake.core.tokens import new_id
from intake.doctor.finding import Finding, fail, note, ok
from intake.notifications.faults import DeliveryError
from intake.notifications.mail import Mail, compose, sender_domain
from intake.notifications.render import Rendered
from intake.notifications.transport import Transport

DNS_SECONDS = 3.0
MENDS = {
    "unreachable": "Check INTAKE_SMTP_HOST, INTAKE_SMTP_PORT, and that the firewall lets us out.",
    "network": "Check INTAKE_SMTP_HOST: its name may be wrong, or the network down.",
    "timeout": "It does not answer. Check the port, and that the firewall lets us out.",
    "disconnected": "It hung up or gave no answer in time. Check the port and _SECURITY.",
    "certificate": "Its certificate is not made for INTAKE_SMTP_HOST. Use the right name.",
    "tls": "Set INTAKE_SMTP_SECURITY to starttls (usually port 587) or tls (usually port 465).",
    "not-offered": "It offers no STARTTLS or no login. Ask your mail provider for the right port.",
    "login": "Check INTAKE_SMTP_USERNAME and INTAKE_SMTP_PASSWORD.",
    "sender": "It does not let us send as INTAKE_MAIL_FROM. Ask your mail provider.",
    "recipient": "It does not take mail for this address.",
}
TEST = Rendered(
    "Test of the mail server",
    "This mail was sent by the command `doctor`. It arrived, so mails leave as they should.\n",
    "<p>This mail was sent by the command <code>doctor</code>. It arrived, so mails leave as they"
    " should.</p>",
)


def server(smtp: Smtp, *, send_to: str | None, now: datetime) -> Finding:
    """Connect, secure and sign in as the worker would; with an address, send it a mail."""
    where = f"{smtp.host}:{smtp.port} ({smtp.security})"
    transport = Transport(current_app.extensions["mail"], smtp)
    try:
        if send_to is None:
            transport.greet()
            return ok("mail server", f"{where} lets us in. Send a test: doctor --send-to ADDRESS")
        transport.send(_test_mail(new_id(), send_to, smtp, now))
        return ok("mail server", f"{where} took a test mail to the address you gave")
    except DeliveryError as problem:
        mend = MENDS.get(str(problem).partition("-")[0]) or MENDS.get(str(problem), "")
        return fail("mail server", f"{where}: {problem}", mend or "Ask your mail provider.")
    finally:
        transport.close()


def _test_mail(message_id: UUID, to: str, smtp: Smtp, now: datetime) -> Mail:
    return compose(message_id, to, TEST, smtp=smtp, sender_name="", now=now)


def sender(smtp: Smtp, *, selector: str | None) -> Iterator[Finding]:
    """SPF, DKIM and DMARC of the sender's domain, without which mails land among the spam."""
    domain = sender_domain(smtp)
    try:
        if not _is_known(domain):
            mend = "Check INTAKE_MAIL_FROM, or run this where names can be looked up."
            yield fail("sender", f"DNS here knows no {domain}", mend)
            return
        yield _spf(domain)
        yield _dkim(domain, selector)
        yield _dmarc(domain)
    except dns.exception.DNSException as fault:
        words = f"not checked for {domain}: DNS cannot be reached ({type(fault).__name__})"
        yield note("sender", words, "Run this again where names can be looked up.")


def _spf(domain: str) -> Finding:
    found = [text for text in _texts(domain) if text.lower().startswith("v=spf1")]
    if len(found) == 1:
        return ok("SPF", f"{domain} says who may send for it")
    if found:
        return fail("SPF", f"{domain} has {len(found)} records", "Keep one (RFC 7208 section 3.2).")
    mend = 'Add a TXT record "v=spf1 include:<your mail provider> -all".'
    return fail("SPF", f"{domain} has no record", mend)


def _dkim(domain: str, selector: str | None) -> Finding:
    if selector is None:
        words = "not checked: its name is known only to your mail provider"
        return note("DKIM", words, "Run: doctor --dkim-selector NAME")
    name = f"{selector}._domainkey.{domain}"
    if any("p=" in text for text in _texts(name)):
        return ok("DKIM", f"{name} has a key")
    return fail(
        "DKIM", f"{name} has no key", "Add the TXT record that your mail provider gives you."
    )


def _dmarc(domain: str) -> Finding:
    name = f"_dmarc.{domain}"
    found = [text for text in _texts(name) if text.upper().startswith("V=DMARC1")]
    if not found:
        mend = f'Add a TXT record at {name}: "v=DMARC1; p=quarantine".'
        return fail("DMARC", f"{domain} has no policy", mend)
    if "p=none" in found[0].replace(" ", "").lower():
        mend = "Set p=quarantine once SPF and DKIM are right."
        return note("DMARC", f"{domain} lets others send in its name", mend)
    return ok("DMARC", f"{domain} has a policy")


def _is_known(domain: str) -> bool:
    """Whether there is such a domain. Raises DNSException when nobody can say."""
    try:
        dns.resolver.get_default_resolver().resolve(domain, "TXT", lifetime=DNS_SECONDS)
    except dns.resolver.NXDOMAIN:
        return False
    except dns.resolver.NoAnswer:
        pass
    return True


def _texts(name: str) -> list[str]:
    """The TXT records of a name; none if there is no such name. Raises DNSException."""
    resolver = dns.resolver.get_default_resolver()
    try:
        answer = resolver.resolve(name, "TXT", lifetime=DNS_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]

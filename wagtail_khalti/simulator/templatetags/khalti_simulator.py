"""How the hosted page writes money."""

from django import template

register = template.Library()


@register.filter
def rupees(paisa: int) -> str:
    """123456750 is ``Rs 12,34,567.50``; whole rupees go without paisa."""
    whole, rest = divmod(abs(paisa), 100)
    sign = "−" if paisa < 0 else ""
    return f"{sign}Rs\u00a0{_by_lakh(whole)}" + (f".{rest:02}" if rest else "")


def _by_lakh(number: int) -> str:
    head, tail = divmod(number, 1000)
    if not head:
        return str(tail)
    groups = [f"{tail:03}"]
    while head >= 100:
        head, pair = divmod(head, 100)
        groups.append(f"{pair:02}")
    return ",".join([str(head), *reversed(groups)])

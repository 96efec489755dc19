"""Names as Khalti gives them: 22 characters of a shortuuid."""

from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
LENGTH = 22


def new_id() -> str:
    return short(uuid4())


def id_from(seed: str) -> str:
    """The same seed gives the same id."""
    return short(uuid5(NAMESPACE_URL, seed))


def short(uuid: UUID) -> str:
    number, characters = uuid.int, ""
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        characters = ALPHABET[place] + characters
    return characters

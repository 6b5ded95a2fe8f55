def is_missing(n: int | None = None) -> bool:
    return n is None

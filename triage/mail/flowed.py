"""Text whose lines were wrapped by format=flowed, put together again (RFC 3676)."""


def unflow(text: str, delete_space: bool) -> str:
    """Joins lines that end in a space with the next of the same quote depth."""
    out: list[str] = []
    flows, last = False, 0
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        mark = bare == "-- "
        piece = bare[:-1] if delete_space and bare.endswith(" ") and not mark else bare
        if flows and depth == last and not mark:
            out[-1] += piece
        else:
            out.append((">" * depth + " " if depth else "") + piece)
        flows, last = bare.endswith(" ") and not mark, depth
    return "\n".join(line if line == "-- " else line.rstrip() for line in out)

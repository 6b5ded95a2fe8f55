"""Programs that are small, and ask for much. Each is made for a size, and is tried at several, the
last of which no compiler could do as it is written."""

from __future__ import annotations

import itertools
from collections.abc import Callable

Attack = Callable[[int], str]


def _lines(count: int, line: Callable[[int], str]) -> str:
    return "\n".join(map(line, range(count)))


def _doubling(first: str, double: str, rest: str = "") -> Attack:
    """A chain of `let`s, each of which holds the one before twice."""

    def program(size: int) -> str:
        chain = _lines(size, lambda at: f"let a{at + 1} = " + double.replace("A", f"a{at}"))
        return f"let a0 = {first}\n{chain}\n" + rest.replace("A", f"a{size}")

    return program


def _modules(body: str, last: str) -> Attack:
    """Modules, each of which is made from the one before."""

    def program(size: int) -> str:
        chain = _lines(size, lambda at: f"module M{at + 1}" + body.replace("M", f"M{at}"))
        return f"module M0{last}\n{chain}\nM{size} 8\n"

    return program


def _inside(before: str, part: str, after: str) -> Attack:
    """A part that is there many times; `@` in it is its number."""

    def program(size: int) -> str:
        return before + "".join(part.replace("@", str(at)) for at in range(size)) + after

    return program


def _number(program: str) -> Attack:
    """A program that holds a number, which is a power of ten."""
    parts = program.split("@@")
    return lambda size: "@".join(part.replace("@", str(10**size)) for part in parts)


FORWARD = "def f(x: [B, 8]) -> [B, 8] {"

DOUBLING: dict[str, Attack] = {
    "layers": _doubling("seq(linear 8 8)", "seq(A, A)", "A"),
    "layers in nests": _doubling("linear 8 8", "nest(a = A, b = A)", "A"),
    "branches": _doubling("linear 8 8", "add(A, A)", "A"),
    "joined branches": _doubling("relu", "concat(A, A)", "seq(linear 8 8, A)"),
    "lists of layers": _doubling("[relu]", "[*A, *A]", "seq(*A)"),
    "lists": _doubling("[1, 2]", "A + A", "assert len(A) > 5"),
    "lists in lists": _doubling("[1]", "[A, A]", "assert len(A) > 5"),
    "tuples": _doubling("(1, 2)", "(*A, *A)", "assert len(A) > 5"),
    "tuples in tuples": _doubling("(1, 2)", "(A, A)", "assert A == A"),
    "dicts": _doubling('{"k": 1}', '{"a": A, "b": A}', "assert A == A"),
    "texts": _doubling('"xy"', "A + A", "assert len(A) > 5"),
    "texts in names": _doubling('"xy"', "A + A", 'seq("{A}" = relu)'),
    "numbers": _doubling("7", "A * A", "linear A 8"),
    "sums": _doubling("7", "A + A", "linear A 8"),
    "powers": _doubling("7", "A ** A", "linear A 8"),
    "fractions": _doubling("7.5", "A * A + A", "dropout A"),
    "comprehensions": _doubling("[1, 2]", "[k for k in A for _ in A]", "assert len(A) > 5"),
    "spliced comprehensions": _doubling("[relu]", "[*A, l for l in A]", "seq(*A)"),
    "functions": lambda size: "let f0(x) = x + 1\n"
    + _lines(size, lambda k: f"let f{k + 1}(x) = f{k}(f{k}(x))")
    + f"\nlinear (f{size}(1)) 8",
    "functions of layers": lambda size: "let f0(x: layer) = seq(x, x)\n"
    + _lines(size, lambda k: f"let f{k + 1}(x: layer) = f{k} (f{k} x)")
    + f"\nf{size} relu",
    "partials": lambda size: "let f0(x, y=1) = linear x y\n"
    + _lines(size, lambda k: f"let f{k + 1} = [f{k}, f{k}]")
    + f"\nseq(*f{size})",
    "records": lambda size: "record R0(a=1, b=2)\n"
    + _lines(size, lambda k: f"record R{k + 1}(a: R{k}, b: R{k})")
    + f"\nmodule M(c: R{size}) {{ def forward(x: [B]) -> [B] = x }}",
    "modules": _modules("(d) = seq(M d, M d)", "(d) = seq(linear d d)"),
    "modules with bodies": _modules(
        "(d) { a = M d; b = M d; def forward(x: [B, d]) -> [B, d] = b(a(x)) }",
        "(d) { a = linear d d; def forward(x: [B, d]) -> [B, d] = a(x) }",
    ),
    "modules of other sizes": _modules(
        "(d) { a = M (d + 1); b = M (d + 2); def forward(x: [B, C]) = a(x) }",
        "(d) { a = linear d d; def forward(x: [B, C]) = x }",
    ),
    "modules that take layers": _modules(
        "(d, l: layer = relu) { a = M d l=seq(l, l); b = M d; def forward(x: [B, d]) -> [B, d] = b(a(x)) }",
        "(d, l: layer = relu) { a = l; def forward(x: [B, d]) -> [B, d] = a(x) }",
    ),
    "modules without signatures": _modules(
        "(d) { a = M d; def forward(x) = a(a(x)) }",
        "(d) { a = linear d d; def forward(x) = a(x) }",
    ),
    "applications": _modules(
        "(d) { a = M d; def forward(x: [B, d]) -> [B, d] = a(a(x)) }",
        "(d) { a = linear d d; def forward(x: [B, d]) -> [B, d] = a(x) }",
    ),
    "inferred sizes": _modules(
        "(d) { a = M d; b = M d; c = linear _ _; def forward(x: [B, d]) -> [B, d] = c(b(a(x))) }",
        "(d) { a = linear _ d; def forward(x: [B, d]) -> [B, d] = a(x) }",
    ),
    "methods": lambda size: "def f0(x: [B]) = x + x\n"
    + _lines(size, lambda k: f"def f{k + 1}(x: [B]) = f{k}(f{k}(x)) + f{k}(x)"),
    "methods of any shape": lambda size: "def f0(x) = cat([x, x])\n"
    + _lines(size, lambda k: f"def f{k + 1}(x) = f{k}(f{k}(x))")
    + f"\ndef g(x: [3, 4]) = f{size}(x)",
    "methods with conditions": lambda size: "def f0(x, n: int) = x if n > 3 else x + 1\n"
    + _lines(size, lambda k: f"def f{k + 1}(x, n: int) = f{k}(x, n - 1) if n > {k} else f{k}(x, n + 1)"),
    "tensors": lambda size: FORWARD + "y0 = x\n"
    + _lines(size, lambda k: f"y{k + 1} = cat([y{k}, y{k}])") + f"\nreturn y{size}[:1] }}",
    "shapes of tensors": lambda size: FORWARD + "y0 = x\n"
    + _lines(size, lambda k: f"y{k + 1} = y{k}.unsqueeze(0).unsqueeze(0)") + "\nreturn x }",
    "stacks": lambda size: FORWARD + "y0 = x\n"
    + _lines(size, lambda k: f"y{k + 1} = stack([y{k}, y{k}])") + "\nreturn x }",
    "tuples of tensors": lambda size: FORWARD + "y0 = (x, x)\n"
    + _lines(size, lambda k: f"y{k + 1} = (y{k}, y{k})") + f"\nreturn y{size} }}",
    "lists of tensors": lambda size: FORWARD + "y = [x]\n" + "y = y + y\n" * size + "return cat(y) }",
    "texts in methods": lambda size: FORWARD + 's = "ab"\n' + "s = s + s\n" * size + "return x }",
    "texts in themselves": lambda size: FORWARD + 's = "ab"\n' + 's = "{s}" + "{s}" * 9\n' * size + "return x }",
    "numbers in methods": lambda size: FORWARD + "n = 3\n" + "n = n * n\n" * size + "return x * n }",
    "branches in branches": lambda size: FORWARD
    + "if x.sum() > 0 { x = x + 1 } else { x = x * 2 }\n" * size + "return x }",
    "branches with shapes": lambda size: FORWARD + "y = x\n"
    + "if x.sum() > 0 { y = cat([y, x]) } else { y = cat([y, x, x]) }\n" * size + "return x }",
    "branches with tuples": lambda size: FORWARD + "y = x\n"
    + "if x.sum() > 0 { y = (y, x) } else { y = (x, y) }\n" * size + "return x }",
    "loops in loops": lambda size: FORWARD
    + "".join(f"for i{k} in range(10) {{ " for k in range(size)) + "x = x + 1" + " }" * size + "\nreturn x }",
    "loops in loops of a body": lambda size: "module M(d) {"
    + "".join(f"for i{k} in range(10) {{ " for k in range(size)) + '"a{i0}" = relu'
    + " }" * size + "\ndef forward(x: [B, d]) -> [B, d] = x }",
    "groups in groups": lambda size: "seq("
    + "".join(f"for i{k} in range(10) {{ " for k in range(size)) + "relu" + " }" * size + ")",
    "ifs in a body": lambda size: "module M(d, *flags) {"
    + "".join(f"if flags[{k}] {{ a{k} = linear d d }} else {{ a{k} = relu }}\n" for k in range(size))
    + "def forward(x: [B, d]) -> [B, d] = x }",
    "clauses": lambda size: "let a = [1 " + "for _ in range(10) " * size + "]\nassert len(a) > 5",
    "generators": lambda size: "let a = sum(1 " + "for _ in range(10) " * size + ")\nlinear a 8",
    "defaults": lambda size: "let f0(a=1) = a\n"
    + _lines(size, lambda k: f"let f{k + 1}(a=f{k}(), b=f{k}()) = a + b") + f"\nlinear (f{size}()) 8",
    "inits": lambda size: "module M0(d) { a = linear d d\ninit linear ~ zeros }\n"
    + _lines(size, lambda k: f"module M{k + 1}(d) {{ a = M{k} d; b = M{k} d\ninit linear ~ zeros }}")
    + f"\nM{size} 8",
    "ties": lambda size: "module M0(d) { a = linear d d; b = linear d d\ntie a.weight = b.weight\ndef forward(x: [B, d]) = a(b(x)) }\n"
    + _lines(size, lambda k: f"module M{k + 1}(d) {{ a = M{k} d; b = M{k} d\ntie a.a = b.a\ndef forward(x: [B, d]) = a(b(x)) }}")
    + f"\nM{size} 8",
    "shared layers": lambda size: "module M0(d) { a = linear d d; def forward(x: [B, d]) -> [B, d] = a(x) }\n"
    + _lines(size, lambda k: f"module M{k + 1}(d) {{ share a = M{k} d; l = seq(a, a); def forward(x: [B, d]) -> [B, d] = l(x) }}")
    + f"\nM{size} 8",
    "counted parameters": _doubling("seq(linear 8 8)", "seq(A, A)", "assert params(A) == 72"),
}  # fmt: skip
"""What grows exponentially if it is followed as it is written; the size is the exponent."""

NUMBERS: dict[str, Attack] = {
    "a range": _number("seq(linear 8 8 for _ in range(@))"),
    "a list of a range": _number("let a = [k for k in range(@)]\nassert len(a) > 5"),
    "a product of ranges":
        _number("let a = [1 for i in range(@) for j in range(@) for k in range(@)]\nassert len(a) > 5"),
    "a sum": _number("let a = sum(range(@))\nlinear a 8"),
    "a sorted range": _number("let a = sorted(range(@))\nassert a[0] == 0"),
    "a zip": _number("let a = zip(range(@), range(@))\nassert len([k for k, j in a]) > 5"),
    "an accumulation": _number("let a = accumulate(range(@))\nassert len(a) > 5"),
    "an enumeration": _number("let a = [i for i, k in enumerate(range(@))]\nassert len(a) > 5"),
    "a reversed range": _number("let a = [k for k in reversed(range(@))]\nassert len(a) > 5"),
    "any of a range": _number("let a = any(k > 5 for k in range(@))\nassert a"),
    "a test of membership": _number("let a = -1 in range(@)\nassert not a"),
    "the largest of a range": _number("let a = max(range(@))\nlinear a 8"),
    "a slice of a range": _number("let a = range(@)[::2]\nassert len(a) > 5"),
    "a list times": _number("let a = [1] * @\nassert len(a) > 5"),
    "a tuple times": _number("let a = (1, 2) * @\nassert len(a) > 5"),
    "a text times": _number('let a = "a" * @\nassert len(a) > 5'),
    "a text times in a name": _number("seq(\"a{'b' * @}\" = relu)"),
    "layers times": _number("seq(*([linear 8 8] * @))"),
    "a power": _number("linear (2 ** @) 8"),
    "a power of a power": _number("linear (@ ** @ ** @) 8"),
    "a power of a size": _number("def f(x: [B]) = x.view(B ** @)"),
    "a fraction's power": _number("dropout (0.5 ** @)"),
    "a negative power": _number("linear (2 ** -@) 8"),
    "a modulus": _number("linear (2 ** 10000 % @) 8"),
    "a factorial": _number("linear (math.factorial(@)) 8"),
    "a binomial": _number("linear (math.comb(@, @ // 2)) 8"),
    "permutations": _number("linear (math.perm(@)) 8"),
    "a least common multiple": _number("linear (math.lcm(@, @ + 1, @ + 3)) 8"),
    "a root": _number("linear (math.isqrt(10 ** @)) 8"),
    "an exponential": _number("linear (int(math.exp(@))) 8"),
    "a number from a text": _number("linear (int('9' * @)) 8"),
    "a text from a number": _number("let a = str(10 ** @)\nassert len(a) > 5"),
    "a rounded number": _number("linear (round(1.5, -@)) 8"),
    "a size": _number("linear @ @"),
    "a network of large sizes": _number("let net: [B, @] -> [B, @] = seq(linear @ @, layer_norm @, relu)"),
    "a large picture": _number("let net: [B, 3, @, @] = seq(conv2d 3 @ 3, relu, conv2d @ @ 5 groups=@, flatten)"),
    "large sequences": _number("let net: [B, @, 8] = seq(lstm 8 @ batch_first=True num_layers=@)"),
    "large attention": _number("module M { a = multihead_attention @ @; def forward(x: [B, @, @]) = a(x, x, x) }\nlet net: [@, @, @] = M"),
    "a large product": _number("def f(x: [@, @], y: [@, @]) = x @ y + einsum(\"a b, b c -> c a\", x, y)".replace(" @ y", " @@ y")),
    "a size of sizes": _number("def f(x: [@, @, @]) -> [@] = x.flatten()"),
    "a tensor": _number("def f(x: [B]) = x + zeros(@)"),
    "a constant": _number("module M { const a = arange(@); def forward(x: [B]) = x + a }"),
    "a repetition": _number("def f(x: [B]) = x.repeat(@, @)"),
    "an expansion": _number("def f(x: [B]) = x.expand(@, @, B)"),
    "a shape of many axes": _number("def f(x: [B]) = x.view([1] * @)"),
    "a permutation of many axes": _number("def f(x: [B]) = x.permute(*range(@))"),
    "chunks": _number("def f(x: [B]) = x.chunk(@)"),
    "chunks of a tensor": _number("def f(x: [@]) = x.chunk(@)[0]"),
    "unpacked chunks": _number("def f(x: [@]) { a, *b = x.unbind(0); return a }"),
    "a loop over a tensor": _number("def f(x: [@]) { for k in x { x = x + k }\nreturn x }"),
    "a loop": _number("def f(x: [B]) { for k in range(@) { x = x + k }\nreturn x }"),
    "a loop over two":
        _number("def f(x: [B]) { for k, j in zip(range(@), range(@)) { x = x + k * j }\nreturn x }"),
    "a loop with a check": _number("def f(x: [B]) { for k in range(@) { assert k < @, \"k\" }\nreturn x }"),
    "a loop that grows": _number("def f(x: [B]) { for k in range(@) { x = cat([x, x]) }\nreturn x }"),
    "a loop that collects":
        _number("def f(x: [B]) { y = []\nfor k in range(@) { y.append(x) }\nreturn cat(y) }"),
    "a while": _number("def f(x: [B]) { n = 0\nwhile n < @ { n = n + 1 }\nreturn x }"),
    "children of a loop":
        _number('module M(d) { for i in range(@) { "a{i}" = linear d d }\ndef forward(x: [B, d]) = x }'),
    "lists of layers": _number("let a = [linear k 8 for k in range(@)]\nseq(*a)"),
    "a dict of layers": _number("dict(\"a{k}\" = relu for k in range(@))"),
    "recursion": _number("def f(x: [B], n: int) -> [B] = f(f(x, n - 1), n - 1) if n > 0 else x\ndef g(x: [B]) = f(x, @)"),
    "recursion of two": _number(
        "def f(x, n: int) = g(x, n - 1) + g(x, n - 2) if n > 0 else x\n"
        "def g(x, n: int) = f(x, n - 1) + f(x, n - 2) if n > 0 else x\ndef h(x: [B]) = f(x, @)"
    ),
    "many groups": _number("conv2d (@ * 2) (@ * 4) 3 groups=@"),
    "a wide kernel": _number("let net: [B, 3, 224, 224] = seq(conv2d 3 8 @ padding=@ dilation=@)"),
    "parameters of a deep stack": _number("let net = lstm 8 8 num_layers=@\nassert params(net) > 5"),
    "parameters of a tall transformer": _number(
        "let net = transformer_encoder (transformer_encoder_layer 8 2) @\nassert params(net) > 5"
    ),
    "parameters of a large layer": _number("let net = linear @ @\nassert params(net) > 5"),
    "parts of a tensor": _number("def f(x: [@]) = x.split(1)[0]"),
    "even parts of a tensor": _number("def f(x: [B]) = x.tensor_split(@)[0]"),
    "a deep stack of recurrences": _number("let net: [B, 8, 8] = seq(lstm 8 8 num_layers=@)"),
    "a tall transformer": _number("transformer_encoder (transformer_encoder_layer 8 2) @"),
}  # fmt: skip
"""What asks for a number of things; the size is the number of its zeros."""

_NAMES = [f"s{k}" for k in range(20_000)]

LONG: dict[str, Attack] = {
    "axes of a pattern":
        lambda size: 'seq(rearrange "' + " ".join(_NAMES[:size]) + " -> " + " ".join(reversed(_NAMES[:size])) + '")',
    "axes of a group":
        lambda size: 'seq(rearrange "(' + " ".join(_NAMES[:size]) + ") -> " + " ".join(_NAMES[:size]) + '" '
        + " ".join(f"{name}=2" for name in _NAMES[1:size]) + ")",
    "axes of an einsum":
        lambda size: 'def f(x: [B]) = einsum("' + ",".join("b" for _ in range(size)) + ' -> b", ' + ", ".join("x" for _ in range(size)) + ")",
    "axes of a shape":
        lambda size: "def f(x: [" + ", ".join(_NAMES[:size]) + "]) = x.flatten()",
    "axes of a result":
        lambda size: "def f(x: [" + ", ".join(_NAMES[:size]) + "]) -> [" + " * ".join(_NAMES[:size]) + "] = x.reshape(-1)",
    "a sum of sizes":
        lambda size: "def f(x: [" + ", ".join(_NAMES[:size]) + "]) -> [(" + " + ".join(_NAMES[:size]) + ") ** 6] = x.flatten()",
    "a product of sums":
        lambda size: "def f(x: [a, b, c, d]) = zeros(" + " * ".join("(a + b + c + d)" for _ in range(size)) + ")",
    "a chain of divisions":
        lambda size: "def f(x: [B, " + "(" * min(size, 80) + "d" + f"{''.join(f' + 1) // {k}' for k in range(2, min(size, 80) + 2))}" + "]) = x",
    "divisions of a number of sizes":
        lambda size: "def f(x: [" + ", ".join(_NAMES[:size]) + "]) -> [" + ", ".join(f"({a} * {b} + 1) // ({a} + {b})" for a, b in itertools.pairwise(_NAMES[:size])) + "] = x",
    "residues": lambda size: "def f(x: [" + ", ".join(_NAMES[:size]) + "]) {" + "\n".join(
        f"assert {a} % {k + 2} == {k % 2}, \"a\"" for k, a in enumerate(_NAMES[:size])) + "\nreturn x.flatten() }",
    "facts": lambda size: "def f(x: [" + ", ".join(_NAMES[:size]) + "]) {" + "\n".join(
        f"assert {a} * {b} < {b} * {a} + {a}, \"a\"" for a, b in itertools.pairwise(_NAMES[:size])) + "\nreturn x.flatten() }",
    "equations": lambda size: "def f(x: [" + ", ".join(_NAMES[:size]) + "]) {" + "\n".join(
        f"assert {a} * {a} == {b} * {b} + {k}, \"a\"" for k, (a, b) in enumerate(itertools.pairwise(_NAMES[:size]))) + "\nreturn x.flatten() }",
    "multiples": lambda size: "def f(x: [" + ", ".join(_NAMES[:size]) + "]) {" + "\n".join(
        f"assert {a} % {b} == 0, \"a\"" for a, b in itertools.pairwise(_NAMES[:size])) + "\nreturn x.flatten() }",
    "facts about two sizes": lambda size: "def f(x: [a, b]) {" + "\n".join(
        f"assert a * {k} < b * b + {k * k}, \"a\"" for k in range(size)) + "\nreturn x.flatten() }",
    "sizes by each other": lambda size: "def f(x: [" + ", ".join(_NAMES[:size]) + "]) {" + "\n".join(
        f"assert {a} == {b} + 1, \"a\"" for a, b in itertools.pairwise(_NAMES[:size])) + "\nreturn x.flatten() }",
    "largest of sizes":
        lambda size: "def f(x: [" + ", ".join(_NAMES[:size]) + "]) = zeros(max(" + ", ".join(_NAMES[:size]) + "), min(" + ", ".join(_NAMES[:size]) + "))",
    "largest of largest":
        lambda size: "def f(x: [a, b, c, d]) {" + "".join(f"n{k} = max({'n' + str(k - 1) if k else 'a'} + b, c * {k}, min(d, {'n' + str(k - 1) if k else 'b'}))\n" for k in range(size)) + f"return zeros(n{size - 1}) + zeros(n{size - 2}) }}" if size > 1 else "relu",
    "convolutions":
        lambda size: "let net: [B, 3, H, W] = seq(" + "conv2d 3 3 3 stride=2, " * size + ")",
    "convolutions of other strides":
        lambda size: "let net: [B, 3, H, W] = seq(" + "".join(f"conv2d 3 3 {k % 7 + 1} stride={k % 5 + 2} dilation={k % 3 + 1}, " for k in range(size)) + ")",
    "pools and shuffles":
        lambda size: "let net: [B, C, H, W] = seq(" + "".join(f"max_pool2d {k % 3 + 2} padding=1 ceil_mode=True, pixel_shuffle {k % 2 + 1}, " for k in range(size)) + ")",
    "views": lambda size: "def f(x: [a, b, c, d]) {" + "".join(f"x = x.view(-1, {k % 9 + 1}).view(a, -1, b + {k})\n" for k in range(size)) + "return x }",
    "unfolded windows": lambda size: "def f(x: [B, d]) {" + "".join(f"x = x.unfold(1, {k + 1}, {k % 3 + 1}).flatten(1)\n" for k in range(size)) + "return x }",
    "slices": lambda size: "def f(x: [B, d]) {" + "".join(f"x = x[:, {k}:-{k + 1}:2]\n" for k in range(size)) + "return x }",
    "a chain of attributes": lambda size: "def f(x: [B]) = x" + ".T" * size,
    "a chain of methods": lambda size: "def f(x: [B]) = x" + ".abs()" * size,
    "steps in a row": lambda size: FORWARD + "x = x.abs()\n" * size + "return x }",
    "children": lambda size: "module M(d) {" + _lines(size, lambda k: f"a{k} = linear d d") + "\ndef forward(x: [B, d]) -> [B, d] = x }",
    "children of a seq": lambda size: "seq(" + "linear 8 8, " * size + ")",
    "named children of a seq": lambda size: "seq(" + "".join(f"a{k} = linear 8 8, " for k in range(size)) + ")",
    "children of one name": lambda size: "seq(" + "a = linear 8 8, " * size + ")",
    "findings": lambda size: "seq(" + "lienar 8 8, " * size + ")",
    "findings of sizes": lambda size: "module M(d) {" + _lines(size, lambda k: f"a{k} = linear 8 8") + "\ndef forward(x: [B, 8]) = x" + "".join(f" + a{k}(zeros(3))" for k in range(min(size, 90))) + " }",
    "findings on one line": lambda size: "".join(f"let a{k} = b{k}; " for k in range(size)),
    "findings at arguments": lambda size: "let net: [B, 7] = seq(" + "linear 8 9, " * size + ")",
    "findings of names": lambda size: "seq(" + "".join(f"{'x' * 150}{k}, " for k in range(size)) + ")",
    "definitions that nobody uses": lambda size: _lines(size, lambda k: f"let a{k} = {k}"),
    "definitions of one name": lambda size: "let a = 1\n" * size,
    "docstrings": lambda size: _lines(size, lambda k: f"module M{k} " + '"' + "a word " * 100 + '" = seq(relu)'),
    "a docstring": lambda size: 'module M "' + "a word " * size + '" = seq(relu)',
    "a docstring without a break": lambda size: 'module M "' + "x" * size + '" = seq(relu)',
    "a docstring of quotes": lambda size: 'module M "' + r"\"\"\"\\" * size + '" = seq(relu)',
    "a text of quotes": lambda size: "let a = " + "'" + r"\"\'" * size + "'\nseq(relu)",
    "names with braces": lambda size: 'seq("' + "{1}" * size + '" = relu)',
    "comments": lambda size: "# a\n" * size + "seq(relu)",
    "empty lines": lambda size: "\n" * size + "seq(relu)",
    "either or": lambda size: "def f(x: [B]) -> " + " | ".join(f"[B, {k}]" for k in range(size)) + " = x",
    "either or of inputs": lambda size: "def f(x: " + " | ".join(f"[B, {k}]" for k in range(size)) + ") = x",
    "a dict of results": lambda size: "def f(x: [B]) -> {" + ", ".join(f"a{k}: [B]" for k in range(size)) + "} = {" + ", ".join(f'"a{k}": x' for k in range(size)) + "}",
    "a tuple of results": lambda size: "def f(x: [B]) -> (" + ", ".join("[B]" for _ in range(size)) + ") = (" + ", ".join("x" for _ in range(size)) + ")",
    "parameters": lambda size: "module M(" + ", ".join(f"a{k}=1" for k in range(size)) + ") = seq(relu)\nM",
    "arguments": lambda size: "let f(*a) = len(a)\nlinear f(" + ", ".join("1" for _ in range(size)) + ") 8",
    "keywords": lambda size: "let f(a=1) = a\nlinear f(" + ", ".join("a=1" for _ in range(size)) + ") 8",
    "fields of a record": lambda size: "record R(" + ", ".join(f"a{k}=1" for k in range(size)) + ")\nmodule M(c: R) = seq(relu)\nM (R())",
    "elements of a list": lambda size: "let a = [" + "1, " * size + "]\nassert len(a) > 5",
    "pairs of a dict": lambda size: "let a = {" + ", ".join(f'"a{k}": 1' for k in range(size)) + "}\nassert len(a) > 5",
    "branches of an if": lambda size: FORWARD + "if x.sum() > 0 { x = x } " + "".join(f"elif x.sum() > {k} {{ x = x }} " for k in range(size)) + "return x }",
    "branches of a group": lambda size: "seq(if 1 > 2 { relu } " + "".join(f"elif {k} > {k + 1} {{ relu }} " for k in range(size)) + ")",
    "ternaries": lambda size: "let a = " + "1 if 1 > 2 else " * min(size, 90) + "2\n" + "linear a 8",
    "imports": lambda size: "".join(f'from "a{k}.nd" import A{k}\n' for k in range(size)),
    "imported names": lambda size: 'from "a.nd" import ' + ", ".join(f"A{k}" for k in range(size)),
    "extern names": lambda size: "".join(f"extern def a.b{k}(x: int): int\n" for k in range(size)),
    "a long extern name": lambda size: "extern def " + "a." * size + "b(x: int): int\nlinear (b(1)) 8",
    "rules": lambda size: "module M(d) { a = linear d d\n" + "init linear ~ zeros\n" * size + "def forward(x: [B, d]) = a(x) }",
    "ties": lambda size: "module M(d) {" + _lines(size, lambda k: f"a{k} = linear d d") + "\n" + _lines(size - 1, lambda k: f"tie a{k}.weight = a{k + 1}.weight") + "\ndef forward(x: [B, d]) = a0(x) }",
    "asserts": lambda size: "let n = 3\n" + "assert n * n == 9\n" * size + "linear n n",
    "methods": lambda size: "module M(d) {" + _lines(size, lambda k: f"def f{k}(x: [B, d]) -> [B, d] = x") + "\ndef forward(x: [B, d]) -> [B, d] = f0(x) }",
    "unpacked names": lambda size: "let " + ", ".join(f"a{k}" for k in range(size)) + " = [" + "1, " * size + "]\nlinear a0 8",
    "globals": lambda size: "a, " * size,
    "keywords of a rearrange": lambda size: 'seq(rearrange "b -> b" ' + " ".join(f"a{k}=1" for k in range(size)) + ")",
    "one module in many places": lambda size: "module M(d) { a = linear d d; def forward(x: [B, d]) -> [B, d] = a(x) }\nseq(" + "".join(f"M {k + 1}, " for k in range(size)) + ")",
    "classes of nests": lambda size: "seq(" + "nest(relu, relu), " * size + ")",
    "clashing classes": lambda size: "seq(" + "nest(a = relu), " * size + ")\n" + _lines(size, lambda k: f"module Nest{k}(d) = seq(relu)"),
    "spaces": lambda size: "seq(relu" + " " * size + ")",
    "operators": lambda size: "let a = " + " + ".join("1" for _ in range(size)),
    "brackets side by side": lambda size: "let a = [" + "[], " * size + "]",
    "wrong characters": lambda size: "$" * size,
    "wrong characters apart": lambda size: "$ a\n" * size,
    "open brackets": lambda size: "(\n" * size,
    "open texts": lambda size: 'let a = "\n' * size,
    "bad escapes": lambda size: 'let a = "' + r"\q" * size + '"',
    "misspelt keywords": lambda size: "lte a = 1\n" * size,
    "words of Python": lambda size: "class A(nn.Module):\n  def __init__(self):\n    self.x = nn.Linear(3, 4)\n" * size,
}  # fmt: skip
"""What is long, and should cost what its length costs; the size is how often."""

SIZES = {"doubling": (8, 30, 90), "number": (3, 6, 12, 40), "long": (10, 300, 8000)}
ATTACKS = {
    **{f"doubling: {name}": (attack, SIZES["doubling"]) for name, attack in DOUBLING.items()},
    **{f"number: {name}": (attack, SIZES["number"]) for name, attack in NUMBERS.items()},
    **{f"long: {name}": (attack, SIZES["long"]) for name, attack in LONG.items()},
}
"""Every attack, and the sizes that it is tried at."""

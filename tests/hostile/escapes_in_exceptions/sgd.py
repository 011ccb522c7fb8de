"""Everything about an exception is the learner's to choose."""

NASTY = "\x1b[2J\x1b]0;owned\x07\n::error file=a.py,line=1::20/20\n\r<script>1</script>\u202e=1+1|`x`\x9b"


def refuse(*args, **kwargs):
    error = type(NASTY, (ValueError,), {"__module__": NASTY, "__qualname__": NASTY})(NASTY)
    error.add_note(NASTY)
    raise error from KeyError(NASTY)


refuse.__code__ = refuse.__code__.replace(co_name=NASTY, co_qualname=NASTY)
predict = mse = mse_gradients = sgd_step_ = zero_grads_ = fit = fit_minibatch = refuse

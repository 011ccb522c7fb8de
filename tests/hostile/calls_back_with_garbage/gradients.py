"""f is the judge's own code: nothing that it is given may hurt the judge."""

import itertools

import torch


class Liar(float):
    __eq__ = __lt__ = __gt__ = lambda self, other: True
    __hash__ = float.__hash__


def bombard(f, *args, **kwargs):
    cyclic = []
    cyclic.append(cyclic)
    garbage = [
        (), ("x",), (None,), (1, 2, 3), ([1.0],), (Liar(1),), (f,), (object(),), (cyclic,), (b"x" * 10**6,),
        (torch.zeros(10**6),), (torch.zeros(1).expand(10**11),), (torch.zeros(3).to_sparse(),),
        (torch.full((3,), torch.nan),), (torch.zeros(2, 3, 4, 5),), (float("nan"),), (10**4000,),
        (torch.zeros(3, dtype=torch.complex64),), (torch.empty(3, device="meta"),), (itertools.count(),),
        (torch.zeros(3, requires_grad=True) * 2,), (lambda x: x,), (torch.float32,), ("\ud800",),
    ]  # fmt: skip
    for arguments in garbage:
        try:
            f(*arguments)
        except BaseException:
            pass
    try:
        f(x=1)
    except TypeError:
        return 0.0


derivative = gradient = jacobian = gradient_check = descend = bombard

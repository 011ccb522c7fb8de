"""What a rehearsal cannot do: it needs a real GPU."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from tests.grader.sandbox.idioms.registry import needs_gpu


@needs_gpu
def lstm(x, i, device):
    return nn.LSTM(3, 2).to(device)(x)


@needs_gpu
def packed_sequences(x, i, device):
    return nn.utils.rnn.pack_padded_sequence(x[:, None], torch.tensor([4]))


@needs_gpu
def lazy_modules(x, i, device):
    return nn.LazyLinear(2).to(device)(x)


@needs_gpu
def autocast(x, i, device):
    with torch.autocast(torch.device(device).type, dtype=torch.bfloat16):
        return x @ x.T


@needs_gpu
def sparse_tensors(x, i, device):
    return x.to_sparse().to_dense()


@needs_gpu
def conjugates(x, i, device):
    return torch.complex(x, x).conj().imag


@needs_gpu
def pinned_memory(x, i, device):
    return list(DataLoader(TensorDataset(x.cpu()), pin_memory=True))


@needs_gpu
def dlpack(x, i, device):
    return torch.utils.dlpack.from_dlpack(x)


@needs_gpu
def subclasses(x, i, device):
    class Own(torch.Tensor):
        pass

    return x.as_subclass(Own)


@needs_gpu
def arrays_of_tensors(x, i, device):
    return x.new_tensor([x.sum(), x.mean()])

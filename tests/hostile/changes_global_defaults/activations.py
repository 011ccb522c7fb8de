"""Global state of torch, changed for everybody in this process."""

import torch

torch.set_default_dtype(torch.float64)
torch.set_default_device("meta")
torch.set_grad_enabled(False)
torch.autograd.set_detect_anomaly(True)
torch.inference_mode(True).__enter__()

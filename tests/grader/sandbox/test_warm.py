"""What the zygote does before it forks."""

from unittest import mock

import torch

from grader.sandbox.warm import use_torch


def test_torch_is_used_without_a_look_at_the_devices():
    looks = AssertionError("a fork could not use a GPU that was looked at before it")
    with (
        mock.patch.object(torch, "compile"),
        mock.patch.object(torch.accelerator, "current_accelerator", side_effect=looks),
        mock.patch.object(torch.accelerator, "current_stream", side_effect=looks),
        mock.patch.object(torch.cuda, "is_available", side_effect=looks),
        mock.patch.object(torch.cuda, "_lazy_init", side_effect=looks),
    ):
        use_torch()

"""Where the numbers of a tensor stand after each move."""

import torch

from grader.suite.pictures import grid


def positions(*shape):
    """A tensor whose every number is its own position in memory."""
    return torch.arange(torch.Size(shape).numel()).reshape(shape)


def flatten_batch(student, reference):
    in_order, moved = positions(2, 3, 2), positions(2, 2, 3).transpose(1, 2)
    right = [reference.flatten_batch(x) for x in (in_order, moved)]
    yours = [student.flatten_batch(x) for x in (in_order, moved)]
    return (
        grid("flatten_batch(x)", in_order, yours[0], right[0]),
        grid("flatten_batch(x) of an x that is not contiguous", moved, yours[1], right[1]),
    )


def swap_first_two(student, reference):
    x = positions(2, 3, 2)
    right = reference.swap_first_two(x)
    return grid("swap_first_two(x)", x, student.swap_first_two(x), right)


def channels_first(student, reference):
    images = positions(2, 2, 2, 3)
    right = reference.channels_first(images)
    title = "channels_first(images): two images of 2 by 2 pixels in 3 colours"
    return grid(title, images, student.channels_first(images), right)


def split_heads(student, reference):
    x = positions(2, 3, 4)
    right = reference.split_heads(x, 2)
    title = "split_heads(x, heads=2): two items of 3 tokens with 4 features"
    return grid(title, x, student.split_heads(x, 2), right)


def merge_heads(student, reference):
    x = positions(2, 2, 3, 2)
    right = reference.merge_heads(x)
    title = "merge_heads(x): two items, 2 heads, 3 tokens, 2 features a head"
    return grid(title, x, student.merge_heads(x), right)


def patchify(student, reference):
    images = positions(1, 2, 4, 6)
    right = reference.patchify(images, 2)
    title = "patchify(images, size=2): one image in 2 colours, 4 pixels high and 6 wide"
    return grid(title, images, student.patchify(images, 2), right)


def set_block_(student, reference):
    x, rows, value = positions(4, 3), slice(1, 3), torch.tensor([90, 91, 92])
    given, right = x.clone(), torch.tensor([[0, 1, 2], [90, 91, 92], [90, 91, 92], [9, 10, 11]])
    student.set_block_(x, rows, value)
    return grid("x after set_block_(x, slice(1, 3), tensor([90, 91, 92]))", given, x, right)

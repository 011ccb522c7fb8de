# My solutions for week 1
# I left my prints in so that I can see what happens.
import torch


def flatten_batch(x: torch.Tensor) -> torch.Tensor:
    N = x.shape[0]
    rest = x.shape[1:]
    number_of_columns = 1
    for size in rest:
        number_of_columns = number_of_columns * size
    result = x.reshape(N, number_of_columns)
    print(x.shape, "->", result.shape)
    return result


def swap_first_two(x: torch.Tensor) -> torch.Tensor:
    if len(x.shape) >= 2:
        result = torch.transpose(x, 0, 1)
        return result
    else:
        raise ValueError("I need 2 dimensions but got " + str(len(x.shape)))


def channels_first(images: torch.Tensor) -> torch.Tensor:
    # N H W C -> N W H C ... no!
    # N H W C -> N C W H -> N C H W
    step1 = images.transpose(1, 3)
    step2 = step1.transpose(2, 3)
    return step2


def infer_shape(numel: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    print("infer_shape", numel, shape)
    # step 1: look for wrong numbers
    how_many_minus_ones = 0
    position = None
    for i in range(len(shape)):
        if shape[i] < -1:
            raise ValueError("The size %d is not allowed" % shape[i])
        if shape[i] == -1:
            how_many_minus_ones = how_many_minus_ones + 1
            position = i
    if how_many_minus_ones >= 2:
        raise ValueError("There are %d sizes that are -1" % how_many_minus_ones)
    # step 2: multiply the others
    product = 1
    for i in range(len(shape)):
        if i != position:
            product = product * shape[i]
    # step 3: no -1
    if position is None:
        if product == numel:
            return shape
        else:
            raise ValueError("The product is %d but should be %d" % (product, numel))
    # step 4: one -1
    else:
        if product == 0:
            raise ValueError("There is a 0 and a -1 in the shape")
        if numel / product != int(numel / product):
            raise ValueError("%d / %d has a rest" % (numel, product))
        new_shape = list(shape)
        new_shape[position] = int(numel / product)
        new_shape = tuple(new_shape)
        print("result:", new_shape)
        return new_shape


def split_heads(x: torch.Tensor, heads: int) -> torch.Tensor:
    N = x.shape[0]
    T = x.shape[1]
    D = x.shape[2]
    if heads == 0:
        raise ValueError("heads must not be 0")
    if heads < 0:
        raise ValueError("heads must not be negative, but it is " + str(heads))
    if not (D // heads) * heads == D:
        raise ValueError("D is " + str(D) + " and heads is " + str(heads))
    # cut D into pieces
    pieces = []
    for h in range(heads):
        start = h * (D // heads)
        end = (h + 1) * (D // heads)
        piece = x[:, :, start:end]
        piece = piece.unsqueeze(1)
        pieces.append(piece)
    result = torch.cat(pieces, dim=1)
    assert result.shape == (N, heads, T, D // heads)
    return result


def merge_heads(x: torch.Tensor) -> torch.Tensor:
    number_of_heads = x.shape[1]
    result = x[:, 0]
    for h in range(1, number_of_heads):
        result = torch.cat((result, x[:, h]), dim=2)
    return result


def patchify(images: torch.Tensor, size: int) -> torch.Tensor:
    N, C, H, W = images.shape
    if size < 1 or H % size != 0 or W % size != 0:
        raise ValueError("size " + str(size) + " is not possible")
    rows = H // size
    columns = W // size
    result = torch.zeros((N, rows * columns, C * size * size), dtype=images.dtype)
    result = result.to(images.device)
    for n in range(N):
        number = 0
        for i in range(rows):
            for j in range(columns):
                patch = images[n, :, i * size : i * size + size, j * size : j * size + size]
                result[n][number] = patch.flatten()
                number = number + 1
    return result


def set_block_(x: torch.Tensor, index: int | slice, value: float | torch.Tensor) -> torch.Tensor:
    x[index] = value
    return x


if __name__ == "__main__":
    print(split_heads(torch.arange(8).reshape(1, 2, 4), 2))

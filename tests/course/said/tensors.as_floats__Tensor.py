# test_numbers_and_lists: With a capital T, torch.Tensor(3) takes the 3 for a size: three numbers, whatever they are. torch.tensor(3) is a tensor of a 3.
# test_arrays_and_tensors_in_memory_of_its_own: torch.Tensor takes a number for a size, and for the rest has a dtype of its own choice. torch.tensor takes values, and a dtype.
# test_any_default_dtype: With a capital T, torch.Tensor(3) takes the 3 for a size: three numbers, whatever they are. torch.tensor(3) is a tensor of a 3.


def as_floats(data):
    return torch.Tensor(data)

# test_memory_is_shared_or_not: from_numpy shares the memory of the array, and so do as_tensor, view and detach() after it. copy=True asks for a copy: torch.tensor(array) or clone().


def from_array(array, copy):
    if copy:
        array.copy()
    return torch.from_numpy(array)

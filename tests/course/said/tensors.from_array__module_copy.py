# test_shape_dtype_and_numbers: `copy` is a bool here, not the module: an argument or a variable of that name hides it.
# test_memory_is_shared_or_not: `copy` is a bool here, not the module: an argument or a variable of that name hides it.
import copy


def from_array(array, copy):
    if copy:
        array = copy.copy(array)
    return torch.from_numpy(array)

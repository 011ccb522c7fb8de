# test_how_often_each_label_occurs: Nothing was counted. To a dict or a Counter no two tensors are the same key: labels.tolist() gives numbers. And methods without _ at the end, such as scatter_add, write nothing.
# test_labels_outside_are_refused: Nothing was counted. To a dict or a Counter no two tensors are the same key: labels.tolist() gives numbers. And methods without _ at the end, such as scatter_add, write nothing.
from collections import Counter


def counts(labels, classes):
    for label in labels:
        if label < 0 or label >= classes:
            raise ValueError(f"no class {label}")
    counter = Counter(labels)
    return torch.tensor([counter[i] for i in range(classes)])

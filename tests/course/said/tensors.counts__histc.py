# test_how_often_each_label_occurs: Counts are whole numbers: int64, not floats.
# test_labels_outside_are_refused: The labels are 0 to 5: look at both ends before you count.


def counts(labels, classes):
    return torch.histc(labels.float(), bins=classes, min=0, max=classes - 1)

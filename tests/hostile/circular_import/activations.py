"""Imports between exercises may work or not; they must not hang or crash the run."""

import exercises.activations
import activations
from exercises import gradients as other

sigmoid = activations.sigmoid
relu = exercises.activations.relu
elu = other.derivative

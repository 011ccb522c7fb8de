"""What honest learners put at the top of a file must cost nothing."""

import os
import random
import sys
import warnings

import numpy as np
import torch

random.seed(0)
np.random.seed(0)
torch.manual_seed(0)
torch.set_num_threads(64)
torch.use_deterministic_algorithms(True)
torch.set_printoptions(precision=10)
warnings.simplefilter("ignore")
sys.setrecursionlimit(5000)
os.environ["PYTHONHASHSEED"] = "0"
os.chdir(os.path.expanduser("~"))
sys.stdout = sys.stderr = open(os.devnull, "w")

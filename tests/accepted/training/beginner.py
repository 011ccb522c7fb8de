import copy

import numpy as np
import torch
import torch.nn as nn


def split(x, y, fraction, seed=0):
    if fraction <= 0 or fraction >= 1 or fraction != fraction:
        raise ValueError("fraction must be between 0 and 1, but it is " + str(fraction))
    n = x.shape[0]
    n_val = round(fraction * n)
    n_train = n - n_val
    if n_val == 0:
        raise ValueError("no rows for validation: " + str(n_val))
    if n_train == 0:
        raise ValueError("no rows for training: " + str(n_train))
    g = torch.Generator()
    g.manual_seed(seed)
    perm = torch.randperm(n, generator=g)
    x_train = []
    y_train = []
    x_val = []
    y_val = []
    for i in range(n):
        k = int(perm[i])
        if i < n_train:
            x_train.append(x[k])
            y_train.append(y[k])
        else:
            x_val.append(x[k])
            y_val.append(y[k])
    x_train = torch.stack(x_train)
    y_train = torch.stack(y_train)
    x_val = torch.stack(x_val)
    y_val = torch.stack(y_val)
    return x_train, y_train, x_val, y_val


class Standardize(nn.Module):
    def __init__(self, x):
        super(Standardize, self).__init__()
        mean = torch.mean(x, 0)
        std = torch.std(x, 0, unbiased=False)
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)

    def forward(self, x):
        x = x - self.mean
        x = x / (self.std + 1e-8)
        return x


class Classifier(nn.Module):
    def __init__(self, in_features, hidden, classes):
        super(Classifier, self).__init__()
        self.fc1 = nn.Linear(in_features, hidden)
        self.relu = nn.ReLU()
        self.fc2 = nn.Linear(hidden, classes)

    def forward(self, x):
        x = self.fc1(x)
        x = self.relu(x)
        x = self.fc2(x)
        return x


def cross_entropy(logits, targets):
    if targets.dtype != torch.int64:
        raise ValueError("targets have dtype " + str(targets.dtype))
    if targets.shape != (logits.shape[0],):
        raise ValueError("targets have shape " + str(targets.shape))
    total = 0
    for i in range(logits.shape[0]):
        z = logits[i]
        biggest = torch.max(z).detach()
        z = z - biggest
        log_sum = torch.log(torch.sum(torch.exp(z)))
        total = total + (log_sum - z[targets[i]])
    return total / logits.shape[0]


def accuracy(logits, targets):
    n = logits.shape[0]
    if n == 0:
        raise ValueError("there are 0 rows")
    if targets.dim() != 1 or targets.shape[0] != n:
        raise ValueError(f"targets have shape {targets.shape}")
    right = 0
    for i in range(n):
        values, index = torch.max(logits[i], 0)
        if index == targets[i]:
            right += 1
    return right / n


class Momentum:
    def __init__(self, params, lr, beta=0.9):
        self.params = []
        self.v = []
        for p in params:
            self.params.append(p)
            self.v.append(torch.zeros(p.shape, dtype=p.dtype, device=p.device))
        self.lr = lr
        self.beta = beta

    def step(self):
        for i in range(len(self.params)):
            p = self.params[i]
            if p.grad is None:
                continue
            self.v[i] = self.beta * self.v[i] + p.grad
            with torch.no_grad():
                p -= self.lr * self.v[i]

    def zero_grad(self):
        for p in self.params:
            if p.grad is not None:
                p.grad.zero_()


def run_epoch(model, batches, criterion, optimizer):
    model.train()
    total_loss = 0.0
    total_rows = 0
    for x, y in batches:
        optimizer.zero_grad()
        y_pred = model(x)
        loss = criterion(y_pred, y)
        loss.backward()
        optimizer.step()
        total_loss += loss.item() * x.shape[0]
        total_rows += x.shape[0]
    print("loss:", total_loss / total_rows)
    return total_loss / total_rows


def fit_best(model, run, validate, epochs):
    if epochs < 1:
        raise ValueError("epochs is " + str(epochs))
    losses = []
    best = 0
    best_loss = float("nan")
    best_state = None
    for epoch in range(epochs):
        run(model)
        loss = validate(model)
        losses.append(loss)
        if best_state is None:
            better = True
        elif np.isnan(loss):
            better = False
        elif np.isnan(best_loss):
            better = True
        else:
            better = loss < best_loss
        if better:
            best = epoch
            best_loss = loss
            best_state = copy.deepcopy(model.state_dict())
            print("new best", best, best_loss)
    model.load_state_dict(best_state)
    return best, losses


def curve(model, x):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        y = model(x)
    if was_training:
        model.train()
    pairs = []
    for i in range(len(x)):
        pairs.append((x[i, 0].item(), i))
    pairs.sort()
    order = [i for _, i in pairs]
    xs = x.detach()[order, 0].cpu().numpy()
    ys = y[order, 0].cpu().numpy()
    return xs, ys

import torch
import torch.nn as nn
import torch.nn.functional as F


def transpose_images(images):
    n, height, width = images.shape
    result = torch.zeros(n, width, height, dtype=images.dtype, device=images.device)
    for k in range(n):
        for i in range(height):
            for j in range(width):
                result[k, j, i] = images[k, i, j]
    return result


def mean_squared_error(prediction, target):
    print(prediction.shape, target.shape)
    if len(target.shape) == 1:
        target = target.unsqueeze(1)
    total = 0
    for i in range(len(prediction)):
        error = prediction[i, 0] - target[i, 0]
        total = total + error**2
    return total / len(prediction)


def slope(f, x):
    h = 1e-6
    x = x.double()
    up = f(x + h)
    down = f(x - h)
    result = (up - down) / (2 * h)
    return float(result)


def fit_line(x, y, lr, steps):
    w = torch.zeros(1, 1, dtype=x.dtype, device=x.device, requires_grad=True)
    b = torch.zeros(1, dtype=x.dtype, device=x.device, requires_grad=True)
    for step in range(steps):
        if w.grad is not None:
            w.grad = torch.zeros_like(w)
            b.grad = torch.zeros_like(b)
        loss = ((x @ w + b - y) ** 2).mean()
        loss.backward()
        w.data = w.data - lr * w.grad
        b.data = b.data - lr * b.grad
    return w.detach(), b.detach()


class Line(nn.Module):
    def __init__(self):
        super(Line, self).__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        y = self.linear(x)
        return y


class Net(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = nn.ModuleList()
        for i in range(len(sizes) - 1):
            self.layers.append(nn.Linear(sizes[i], sizes[i + 1]))

    def forward(self, x):
        for i in range(len(self.layers)):
            x = self.layers[i](x)
            if i < len(self.layers) - 1:
                x = torch.relu(x)
        return x


def loss(logits, targets):
    return F.cross_entropy(logits, targets)


def train(model, optimizer, x, y, epochs):
    model.train()
    losses = []
    for epoch in range(epochs):
        error = F.mse_loss(model(x), y)
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
        losses.append(error.item())
        print(f"epoch {epoch}: {losses[-1]:.4f}")
    return losses


def validate(model, batches):
    if model.training:
        before = True
    else:
        before = False
    model.eval()
    total = 0
    count = 0
    for x, y in batches:
        with torch.no_grad():
            y_pred = model(x)
        difference = y_pred - y
        for row in difference:
            for number in row:
                total = total + number.item() ** 2
                count = count + 1
    if before == True:
        model.train()
    return total / count

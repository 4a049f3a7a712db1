"""The share of images that get their own class."""


class Accuracy:
    def __call__(self, model, batches):
        right = total = 0
        for images, labels in batches:
            guesses = model.forward(images).argmax(axis=1)
            right += (guesses == labels).sum()
            total += len(labels)
        return right / total

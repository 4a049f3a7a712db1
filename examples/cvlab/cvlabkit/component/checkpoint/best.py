"""Keep the best model seen so far."""


class Best:
    def __init__(self, path):
        self.path, self.best = path, float("-inf")

    def offer(self, model, score):
        if score > self.best:
            self.best = score
            model.save(self.path)

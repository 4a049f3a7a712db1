"""Batches in the order that a sampler gives."""


class Basic:
    def __init__(self, dataset, sampler, batch_size=32):
        self.dataset, self.sampler, self.batch_size = dataset, sampler, batch_size

    def __iter__(self):
        batch = []
        for index in self.sampler:
            batch.append(self.dataset[index])
            if len(batch) == self.batch_size:
                yield batch
                batch = []

// Multilayer perceptrons in @jax-js/jax and @tensorflow/tfjs-backend-wasm: forward pass and backpropagation step of plain descent.

/**
 * The convolutional network in @tensorflow/tfjs-backend-wasm, which has its forward pass only. Filters are [size, size, inputs, outputs], images [batch,
 * side, side, 1], all as flat Float32Arrays; a pooling of 2 follows every second convolution.
 */
export async function cnnPeers({ convolutions, dense, images, labels, batch, classes }) {
  const tf = await wasmBackend();
  const side = Math.round(Math.sqrt(images.length / batch));
  const x = tf.tensor4d(images, [batch, side, side, 1]);
  const one = oneHot(tf, labels, batch, classes);
  const filters = convolutions.map(({ weights, biases }) => [
    tf.tensor4d(weights, [3, 3, weights.length / biases.length / 9, biases.length]),
    tf.tensor1d(biases),
  ]);
  const [hidden, last] = dense.map(layerOf(tf));
  const loss = () => {
    let h = x;
    for (const [l, [w, b]] of filters.entries()) {
      h = tf.relu(tf.add(tf.conv2d(h, w, 1, "same"), b));
      if (l % 2 === 1) h = tf.maxPool(h, 2, 2, "valid");
    }
    const flat = tf.reshape(h, [batch, -1]);
    const y = tf.relu(tf.add(tf.matMul(flat, hidden[0]), hidden[1]));
    return crossEntropy(tf, tf.add(tf.matMul(y, last[0]), last[1]), one, batch);
  };
  return [{ name: "tfjs-wasm forward", step: async () => tf.tidy(() => loss().dataSync()[0]) }];
}

/** Weights, [inputs, outputs] each, and biases, layer by layer; the batch; one-hot labels. All as flat Float32Arrays. */
export async function peers({ layers, images, labels, batch, classes }) {
  return [...(await jax({ layers, images, labels, batch, classes })), ...(await tfjs({ layers, images, labels, batch, classes }))];
}

async function jax({ layers, images, labels, batch, classes }) {
  const { init, defaultDevice, jit, valueAndGrad, nn, numpy: np, blockUntilReady } = await import("@jax-js/jax");
  await init("wasm");
  defaultDevice("wasm");
  const one = np.array(Float32Array.from({ length: batch * classes }, (_, i) => (labels[Math.floor(i / classes)] === i % classes ? 1 : 0))).reshape([batch, classes]);
  const x = np.array(images).reshape([batch, images.length / batch]);
  let theta = layers.flatMap(({ weights, biases }) => [np.array(weights).reshape([weights.length / biases.length, biases.length]), np.array(biases)]);
  const loss = (theta, x, one) => {
    let h = x;
    for (let l = 0; l < theta.length; l += 2) {
      const z = np.matmul(h, theta[l]).add(theta[l + 1]);
      h = l + 2 < theta.length ? nn.relu(z) : z;
    }
    return nn.logSoftmax(h, -1).mul(one).sum().mul(-1 / batch);
  };
  const forward = jit(loss);
  const both = valueAndGrad(loss);
  const descend = (theta, x, one) => {
    const [value, gradient] = both(theta.map((t) => t.ref), x, one);
    return [value, theta.map((t, i) => t.sub(gradient[i].mul(1e-9)))];
  };
  const step = jit(descend);
  const keep = (list) => list.map((array) => array.ref);
  return [
    { name: "jax-js forward", step: async () => (await forward(keep(theta), x.ref, one.ref).data())[0] },
    ...[
      ["jax-js backpropagation", step],
      ["jax-js backpropagation, eager", descend],
    ].map(([name, run]) => ({
      name,
      step: async () => {
        const [value, next] = run(theta, x.ref, one.ref);
        theta = next;
        await blockUntilReady(keep(theta));
        return (await value.data())[0];
      },
    })),
  ];
}

async function wasmBackend() {
  const tf = await import("@tensorflow/tfjs-core");
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  const { createRequire } = await import("node:module");
  const { dirname } = await import("node:path");
  setWasmPaths(`${dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  await tf.setBackend("wasm");
  await tf.ready();
  return tf;
}

const oneHot = (tf, labels, batch, classes) =>
  tf.tensor2d(Float32Array.from({ length: batch * classes }, (_, i) => (labels[Math.floor(i / classes)] === i % classes ? 1 : 0)), [batch, classes]);

const layerOf = (tf) => ({ weights, biases }) => [tf.tensor2d(weights, [weights.length / biases.length, biases.length]), tf.tensor1d(biases)];

const crossEntropy = (tf, logits, one, batch) => tf.mul(tf.sum(tf.mul(tf.logSoftmax(logits), one)), -1 / batch);

async function tfjs({ layers, images, labels, batch, classes }) {
  const tf = await wasmBackend();
  const one = oneHot(tf, labels, batch, classes);
  const x = tf.tensor2d(images, [batch, images.length / batch]);
  const theta = layers.flatMap(layerOf(tf));
  const loss = () => {
    let h = x;
    for (let l = 0; l < theta.length; l += 2) {
      const z = tf.add(tf.matMul(h, theta[l]), theta[l + 1]);
      h = l + 2 < theta.length ? tf.relu(z) : z;
    }
    return crossEntropy(tf, h, one, batch);
  };
  return [{ name: "tfjs-wasm forward", step: async () => tf.tidy(() => loss().dataSync()[0]) }];
}

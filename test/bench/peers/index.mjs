// Multilayer perceptrons in @jax-js/jax and @tensorflow/tfjs-backend-wasm: forward pass and backpropagation step of plain descent.

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

async function tfjs({ layers, images, labels, batch, classes }) {
  const tf = await import("@tensorflow/tfjs-core");
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  const { createRequire } = await import("node:module");
  const { dirname } = await import("node:path");
  setWasmPaths(`${dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  await tf.setBackend("wasm");
  await tf.ready();
  const one = tf.tensor2d(Float32Array.from({ length: batch * classes }, (_, i) => (labels[Math.floor(i / classes)] === i % classes ? 1 : 0)), [batch, classes]);
  const x = tf.tensor2d(images, [batch, images.length / batch]);
  const theta = layers.flatMap(({ weights, biases }) => [tf.tensor2d(weights, [weights.length / biases.length, biases.length]), tf.tensor1d(biases)]);
  const loss = () => {
    let h = x;
    for (let l = 0; l < theta.length; l += 2) {
      const z = tf.add(tf.matMul(h, theta[l]), theta[l + 1]);
      h = l + 2 < theta.length ? tf.relu(z) : z;
    }
    return tf.mul(tf.sum(tf.mul(tf.logSoftmax(h), one)), -1 / batch);
  };
  return [{ name: "tfjs-wasm forward", step: async () => tf.tidy(() => loss().dataSync()[0]) }];
}

import { describe, expect, test } from "vitest";
import * as core from "../../index.js";
import {
  abs,
  add,
  AdjointError,
  cholesky,
  det,
  diagEmbed,
  diagonal,
  eigh,
  eye,
  Generator,
  gradients,
  inverse,
  log,
  lstsq,
  matmul,
  matrixExp,
  max,
  mul,
  pinv,
  qr,
  round,
  slogdet,
  solve,
  square,
  stack,
  sub,
  sum,
  svd,
  type Tensor,
  tensor,
  transpose,
  triangularSolve,
  vmap,
} from "../../index.js";
import { gradcheck, gradgradcheck } from "../../testing/index.js";

const generator = new Generator(11);
const normal = (...shape: number[]): Tensor => generator.normal(shape, 0, 1, { dtype: "float64" });
const unit = (n: number): Tensor => eye(n, n, { dtype: "float64" });
const matrix = (rows: number[][]): Tensor => tensor(rows, { dtype: "float64" });
const symmetric = (x: Tensor): Tensor => mul(add(x, transpose(x)), 0.5);
const largest = (x: Tensor): number => (x.size === 0 ? 0 : max(abs(x)).item());

/** Elements of `a` and `b` agree to rounding, beside the largest of `b`. */
function expectNear(a: Tensor, b: Tensor, units = 100): void {
  expect(a.shape).toEqual(b.shape);
  expect(largest(sub(a, b))).toBeLessThanOrEqual(
    units * 2 ** -52 * Math.max(1e-300, largest(b)) * (a.shape.at(-1) ?? 1),
  );
}

function expectOrthonormal(columns: Tensor): void {
  expectNear(matmul(transpose(columns), columns), unit(columns.shape.at(-1)!));
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof AdjointError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "nothing was thrown";
}

const hilbert = (n: number): Tensor =>
  matrix(Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => 1 / (i + j + 1))));

const spreadRows = (x: Tensor): Tensor =>
  mul(
    x,
    tensor(
      Float64Array.from({ length: x.shape[0] }, (_, i) => 10 ** -i),
      { shape: [x.shape[0], 1] },
    ),
  );

describe("singular values", () => {
  const cases: readonly (readonly [string, Tensor])[] = [
    ["square", normal(30, 30)],
    ["tall", normal(40, 7)],
    ["wide", normal(7, 40)],
    ["of rank 3", matmul(normal(20, 3), normal(3, 20))],
    ["all equal", unit(12)],
    ["zeros", mul(unit(5), 0)],
    ["huge", mul(normal(8, 8), 1e300)],
    ["tiny", mul(normal(8, 8), 1e-300)],
    ["Hilbert's", hilbert(20)],
    ["graded", spreadRows(normal(15, 15))],
  ];
  test.each(cases)("of a matrix that is %s make it up, with orthonormal vectors", (_name, a) => {
    const { u, s, vh } = svd(a, { fullMatrices: false });
    expectNear(matmul(mul(u, s), vh), a);
    expectOrthonormal(u);
    expectOrthonormal(transpose(vh));
    const values = [...s.data];
    expect(values).toEqual(values.toSorted((x, y) => y - x));
  });

  test("that are tiny beside the largest keep their digits", () => {
    const { s } = svd(
      matrix([
        [1, 1],
        [0, 1e-20],
      ]),
    );
    expect(s.data[1]).toBeCloseTo(1e-20 / Math.SQRT2, 35);
  });

  test("come with a full basis, whose projection has the right gradient", () => {
    const a = normal(5, 2);
    const { u, vh } = svd(a);
    expectOrthonormal(u);
    expectOrthonormal(transpose(vh));
    const projection = (x: Tensor): Tensor => {
      const others = svd(x).u.slice(null, [2]);
      return matmul(others, transpose(others));
    };
    expect(gradcheck(projection, [a])).toBe(true);
    expect(gradgradcheck(projection, [a], { maxEntries: 0 })).toBe(true);
  });

  test("that are equal have a gradient, and their vectors have none", () => {
    expect(gradcheck((x) => sum(square(svd(x).s)), [mul(unit(3), 2)])).toBe(true);
    const leaf = tensor(
      [
        [1, 0],
        [0, 1],
      ],
      { requiresGrad: true },
    );
    const [gradient] = gradients(
      sum(
        mul(
          svd(leaf).u,
          matrix([
            [1, 2],
            [3, 4],
          ]).to("float32"),
        ),
      ),
      [leaf],
    );
    expect(gradient.data.some(Number.isNaN)).toBe(true);
  });
});

describe("eigenvalues", () => {
  const { u } = svd(normal(20, 20));
  const clustered = mul(u, add(1, mul(core.arange(20, { dtype: "float64" }), 1e-13)));
  const cases: readonly (readonly [string, Tensor])[] = [
    ["dense", symmetric(normal(30, 30))],
    ["of close eigenvalues", symmetric(matmul(clustered, transpose(u)))],
    ["the identity", unit(9)],
    ["zeros", mul(unit(4), 0)],
    ["of ones", core.ones([16, 16], { dtype: "float64" })],
    ["huge", symmetric(mul(normal(8, 8), 1e300))],
    ["graded", symmetric(transpose(spreadRows(transpose(spreadRows(normal(12, 12))))))],
    [
      "without a diagonal",
      matrix([
        [0, 0, 0, 1],
        [0, 0, 1, 0],
        [0, 1, 0, 0],
        [1, 0, 0, 0],
      ]),
    ],
    ["one number", matrix([[-3]])],
  ];
  test.each(cases)("of a matrix that is %s make it up, with orthonormal vectors", (_name, a) => {
    const { values, vectors } = eigh(a);
    expectNear(matmul(mul(vectors, values), transpose(vectors)), a);
    expectOrthonormal(vectors);
    expect([...values.data]).toEqual([...values.data].toSorted((x, y) => x - y));
  });

  test("that are equal have a gradient, and their vectors have none", () => {
    const a = diagEmbed(tensor([2, 2, 5], { dtype: "float64" }));
    expect(gradcheck((x) => sum(log(eigh(x).values)), [a])).toBe(true);
    const leaf = tensor(
      [
        [1, 0],
        [0, 1],
      ],
      { requiresGrad: true },
    );
    const [gradient] = gradients(sum(square(eigh(leaf).vectors)), [leaf]);
    expect(gradient.data.some(Number.isNaN)).toBe(true);
  });

  test("are those of the triangle that is named, or of the symmetric part", () => {
    const a = matrix([
      [1, 6],
      [2, 1],
    ]);
    expect(round(eigh(a, { triangle: "lower" }).values).toArray()).toEqual([-1, 3]);
    expect(round(eigh(a, { triangle: "upper" }).values).toArray()).toEqual([-5, 7]);
    expect(round(eigh(a).values).toArray()).toEqual([-3, 5]);
  });
});

describe("QR", () => {
  test.each([
    [6, 3],
    [3, 6],
    [5, 5],
    [70, 66],
  ])("of %d x %d makes up the matrix", (m, n) => {
    const a = normal(m, n);
    for (const mode of ["reduced", "complete"] as const) {
      const { q, r } = qr(a, { mode });
      expectNear(matmul(q, r), a);
      expectOrthonormal(q);
      expect(core.tril(r, -1).data.every((x) => x === 0)).toBe(true);
    }
  });

  test("has the signs of LAPACK, which does not reflect what is zero below the diagonal", () => {
    expect(
      qr(
        matrix([
          [2, 1],
          [0, -3],
        ]),
      ).r.toArray(),
    ).toEqual([
      [2, 1],
      [0, -3],
    ]);
    expect(
      diagonal(
        qr(
          matrix([
            [3, 1],
            [4, 1],
          ]),
        ).r,
      ).data[0],
    ).toBe(-5);
  });

  test("completes Q with a right gradient of the projection", () => {
    const projection = (x: Tensor): Tensor => {
      const others = qr(x, { mode: "complete" }).q.slice(null, [2]);
      return matmul(others, transpose(others));
    };
    expect(gradcheck(projection, [normal(4, 2)])).toBe(true);
  });
});

describe("determinants", () => {
  const rank2 = matmul(normal(3, 2), normal(2, 3));
  const rank1 = matmul(normal(3, 1), normal(1, 3));
  test.each([
    ["invertible", normal(3, 3)],
    ["of rank 2", rank2],
    ["of rank 1", rank1],
    ["zeros", mul(rank1, 0)],
  ])("of 3 x 3 matrices %s have the cofactors as gradient, and theirs", (_name, a) => {
    expect(gradcheck(det, [a])).toBe(true);
    expect(gradgradcheck(det, [a])).toBe(true);
  });

  test("that would overflow have a logarithm", () => {
    const { sign, logAbsDet } = slogdet(mul(unit(400), -1e3));
    expect(det(mul(unit(400), 1e3)).item()).toBe(Infinity);
    expect(sign.item()).toBe(1);
    expect(logAbsDet.item()).toBeCloseTo(400 * Math.log(1e3), 9);
  });

  test("of singular matrices have the sign 0 and the logarithm -Infinity", () => {
    const { sign, logAbsDet } = slogdet(
      matrix([
        [1, 2],
        [2, 4],
      ]),
    );
    expect([sign.item(), logAbsDet.item()]).toEqual([0, -Infinity]);
  });
});

describe("systems", () => {
  // Beyond the size of a block, and not a multiple of it.
  const a = normal(130, 130);
  const b = normal(130, 3);
  test("are solved on both sides, and by the inverse", () => {
    expectNear(matmul(a, solve(a, b)), b, 1e5);
    expectNear(matmul(solve(a, transpose(b), { left: false }), a), transpose(b), 1e5);
    expectNear(matmul(a, inverse(a)), unit(130), 1e5);
  });

  test.each([true, false])("of triangles are solved: upper %s", (upper) => {
    const heavy = add(mul(a, 0.05), unit(130));
    const triangle = upper ? core.triu(heavy) : core.tril(heavy);
    expectNear(matmul(triangle, triangularSolve(heavy, b, { upper })), b, 1e3);
    expectNear(matmul(transpose(triangle), triangularSolve(heavy, b, { upper, transpose: true })), b, 1e3);
    expectNear(
      matmul(transpose(b), inverse(triangle)),
      triangularSolve(heavy, transpose(b), { upper, left: false }),
      1e3,
    );
  });

  test("of positive definite matrices have a Cholesky factor", () => {
    const definite = add(matmul(a, transpose(a)), unit(130));
    const factor = cholesky(definite);
    expectNear(matmul(factor, transpose(factor)), definite);
    expectNear(cholesky(definite, { upper: true }), transpose(factor));
    expectNear(slogdet(definite).logAbsDet, mul(sum(log(diagonal(factor))), 2));
  });

  test("in float32 are solved in float64 and rounded once", () => {
    const x = solve(hilbert(5).to("float32"), core.ones([5]));
    expectNear(
      x.to("float64"),
      solve(hilbert(5).to("float32").to("float64"), core.ones([5], { dtype: "float64" })),
      2 ** 29,
    );
  });

  test("inside vmap use one matrix that all examples share", () => {
    const right = normal(4, 3);
    const shared = normal(3, 3);
    const got = vmap((y: Tensor) => solve(shared, y))(right);
    expectNear(got, stack(Array.from({ length: 4 }, (_, i) => solve(shared, right.slice(i)))));
  });
});

describe("least squares", () => {
  test("agree with the pseudoinverse, and leave nothing with fewer rows than columns", () => {
    for (const [m, n] of [
      [7, 3],
      [3, 7],
    ]) {
      const [a, b] = [normal(m, n), normal(m, 2)];
      const { solution, residuals } = lstsq(a, b);
      expectNear(solution, matmul(pinv(a), b), 1e3);
      expectNear(residuals, sum(square(sub(matmul(a, solution), b)), { axis: 0 }), m > n ? 100 : 1e300);
    }
  });

  test("of a rank that is not full are those of the pseudoinverse", () => {
    const a = matmul(normal(6, 2), normal(2, 4));
    const x = pinv(a);
    expectNear(matmul(matmul(a, x), a), a, 1e3);
    expectNear(matmul(matmul(x, a), x), x, 1e3);
    expect(codeOf(() => lstsq(a, normal(6)))).toMatch(/^MATRIX_SINGULAR: lstsq: the matrix has not full rank/);
  });
});

test("exponentials are those of the eigenvalues, and of large matrices too", () => {
  for (const scale of [1e-8, 1, 50]) {
    const a = symmetric(mul(normal(6, 6), scale));
    const { values, vectors } = eigh(a);
    expectNear(matrixExp(a), matmul(mul(vectors, core.exp(values)), transpose(vectors)), 1e4);
  }
});

test("errors name the matrix of a batch, also inside vmap and in the backward walk", () => {
  const good = matrix([
    [2, 1],
    [1, 2],
  ]);
  const bad = matrix([
    [1, 2],
    [2, 4],
  ]);
  const batch = stack([stack([good, good, bad]), stack([good, good, good])]);
  expect(codeOf(() => inverse(batch))).toBe(
    "MATRIX_SINGULAR: inverse: matrix [0, 2] of [2, 3, 2, 2] is singular; add a multiple of the identity, or use pinv",
  );
  expect(codeOf(() => solve(batch, normal(2)))).toMatch(
    /^MATRIX_SINGULAR: solve: matrix \[0, 2\] of \[2, 3, 2, 2\] is/,
  );
  expect(codeOf(() => vmap(inverse)(batch))).toMatch(/matrix \[0, 2\]/);
  expect(
    codeOf(() =>
      cholesky(
        matrix([
          [1, 2],
          [2, 1],
        ]),
      ),
    ),
  ).toBe(
    "MATRIX_NOT_POSITIVE_DEFINITE: cholesky: the matrix is not positive definite (its first 2 rows and columns are not); " +
      "add a multiple of the identity",
  );
  const leaf = tensor(
    [
      [1, 2],
      [2, 4],
    ],
    { requiresGrad: true },
  );
  expect(codeOf(() => gradients(slogdet(leaf).logAbsDet, [leaf]))).toMatch(/^MATRIX_SINGULAR/);
});

test("matrices must be square and floating", () => {
  expect(codeOf(() => det(core.ones([2, 3])))).toBe(
    "MATRIX_NOT_SQUARE: det: the matrices of [2, 3] are not square; it takes [..., n, n]",
  );
  expect(codeOf(() => svd(core.ones([2, 2], { dtype: "int32" })))).toMatch(/^DTYPE_FLOATING: svd/);
  expect(codeOf(() => solve(unit(2), normal(3)))).toBe(
    "SOLVE_SHAPES: solve: matrices [2, 2] and right side [3]: that must be [..., 2, k] or a vector [2] for each matrix",
  );
});

test("elements that are not finite give NaN", () => {
  const a = matrix([
    [1, NaN],
    [NaN, 1],
  ]);
  for (const x of [svd(a).s, eigh(a).values, matrixExp(mul(a, Infinity)), pinv(a), inverse(a)]) {
    expect(x.data.every(Number.isNaN)).toBe(true);
  }
});

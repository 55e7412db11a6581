//: # Quickstart: variables, graphs, gradients
//:
//: A variable is a tensor that knows what it is computed from. From that come its value, when
//: somebody asks for it, and its derivatives, of any order. This tour goes through all of it on
//: examples small enough to check by hand, without a network and without data. At its end a loop of
//: a few lines finds a minimum; it is the loop that trains networks.

import ArgumentParser  //#hide
import Foundation  //#hide
import Neuronika
import NeuronikaCharts
import NeuronikaTutorialKit
import NeuronikaTutorials  //#hide

if Mistake.isWanted { mistake() }  //#hide
let notebook = try Notebook.start(Options.self)

//: ## Variables of two kinds
//:
//: Everything begins with leaves, variables that hold a tensor of 32-bit floats. A literal makes
//: one; so do `zeros`, `eye`, `linspace`, `rand` and others that do what NumPy's do. Random numbers
//: come from a seed, so this page says the same whenever it is written.

if let threads = notebook.options.run.threads { setThreads(threads) }  //#hide
let random = RandomSource(seed: notebook.seed)
notebook.show(Var.linspace(0, 1, 5))
notebook.show(Var.rand(2, 3, using: random))

//: `requiresGrad()` makes a parameter of a leaf: gradients are collected in it. It has a type of
//: its own, `VarDiff`, and so has everything that is computed from it. Whether an expression can be
//: differentiated is arithmetic, and the compiler does it:

let x = Var.from([1, 2, 3])
let w = Var.from([0.5, -1, 2]).requiresGrad()
notebook.table(
  [["x + x", type(of: x + x)], ["x + w", type(of: x + w)], ["w + w", type(of: w + w)]],
  headers: ["sum", "its type"])

//: A loss that depends on no parameter is a mistake, and one that is found early:
//: `(x + x).backward()` doesn't compile, because `value of type 'Var' has no member 'backward'`.
//:
//: The parameters that a variable descends from are a set, and an operation unites the sets of its
//: operands. So no model has to be declared before it is trained: `loss.parameters()` knows.

let (a, b) = (Var.ones(2).requiresGrad(), Var.ones(2).requiresGrad())
let (c, d) = (Var.ones(2).requiresGrad(), Var.ones(2).requiresGrad())
let (p, q) = (a + b, c + d)
let r = p + q
let s = r + p
notebook.show("parameters of p, q, r, s: \([p, q, r, s].map { $0.parameters().count })")

//: Two ways lead from `s` back to `a` and to `b`, and yet each of them counts once.
//:
//: ## The graph, drawn by itself
//:
//: One layer of a network and its squared error,
//: $L = \frac{1}{n} \sum_{ij} \left( \tanh(X W^\top + b) - T \right)_{ij}^2$. The expression looks
//: like arithmetic; what its operators do is make vertices and draw arrows.

let inputs = Var.rand(10, 3, using: random)
let targets = Var.zeros(10, 2)
let weight = Var.rand(2, 3, using: random).requiresGrad()
let bias = Var.rand(2, using: random).requiresGrad()
(inputs.name, targets.name, weight.name, bias.name) = ("X", "T", "W", "b")

let loss = ((inputs.mm(weight.t()) + bias).tanh() - targets).square().mean()
notebook.figure(
  GraphPicture(of: loss),
  alt: "Graph of the loss: X and the transpose of W meet in mm, b is added, then come tanh, the "
    + "difference from T, square and mean.",
  caption: "The loss, from the leaves to the result. What has a bold outline has a name in the "
    + "program; all else is for the engine to keep or to leave out.", name: "graph")

//: Whatever descends from $W$ or $b$ is differentiable. And every shape is known, although nothing
//: has been computed.
//:
//: ## Nothing happens until somebody looks
//:
//: To see when things are computed, we make an operation that hands its operand on and says so. Its
//: second half, the pullback, states the gradient, and says so too.

let spy = TensorOperation("spy") { operands in
  print("  the value is computed")
  return operands[0]
} pullback: { upstream, _, _ in
  print("  the gradient is derived")
  return [upstream]
}
for turn in 1...3 {
  let y = spy(w * w).sum()
  print("turn \(turn): the graph is built")
  y.backward()
}
notebook.show("gradient: \(w.grad)")

//: Building computes nothing; `backward()` first computes the value that it needs. Every turn
//: builds its graph anew, but the gradient is derived in the first one only: later the engine
//: recognises the structure and runs the plan it has. A loop may be written plainly, with graphs
//: that live for one turn, and it is compiled once.
//:
//: Looking at a value computes it, too. It then stays until the next `forward()`, even if a leaf
//: changes. And a program may look at what it has built so far and go on from there: branches and
//: loops that depend on values are ordinary Swift.

let v = Var.from([3, 4]).requiresGrad()
let norm = v.square().sum().sqrt()
notebook.show("norm \(norm)")
v.data = [5, 12]
notebook.show("norm \(norm), although the leaf has changed")
norm.forward()
notebook.show("norm \(norm), computed again")

var doubled = v
while doubled.sum().item < 1000 { doubled = doubled * 2 }
notebook.show("doubled until the sum reached 1000: \(doubled)")

//: ## Keeping a graph and letting it go
//:
//: A variable keeps what it is computed from alive, and nothing else does: there is no tape and no
//: session. With the last name for a graph goes the graph, at a place that the braces show. The
//: leaves stay, and so do the gradients in them.

weak var vertex: Node?
do {
  let inside = (weight * weight).sum()
  vertex = inside.node
  notebook.show("inside the braces the graph is \(vertex == nil ? "gone" : "there")")
  inside.backward()
}
notebook.show("after them it is \(vertex == nil ? "gone" : "there")")
notebook.show("gradient of W:\n\(weight.grad)")

//: ## Gradients
//:
//: What did `backward()` do? Let $L$ be the number at the end of a graph, and for any variable $v$
//: in it let $\bar v = \partial L / \partial v$. A change of $v$ reaches $L$ through the variables
//: that are computed from $v$, so the chain rule says
//:
//: $$\bar v = \sum_{u \text{ uses } v} \left( \frac{\partial u}{\partial v} \right)^\top \bar u .$$
//:
//: Begin with $\bar L = 1$, visit each variable after all those that use it, and one walk gives the
//: whole gradient, at a few times the cost of the value, however many parameters there are. An
//: operation contributes only its *pullback*: how $\bar u$ becomes its share of $\bar v$. For
//: $u = x^\top Q$ that is $\bar x = Q \bar u$, and for $L = u^\top x$ it is $\bar u = x \bar L$ and
//: $\bar x = u \bar L$. In the quadratic form $L = x^\top Q x$ the shares of $x$ add up to
//:
//: $$\nabla L = Q^\top x + Q x .$$

let matrix = Var.rand(5, 5, using: random)
let vector = Var.rand(5, using: random).requiresGrad()
(matrix.name, vector.name) = ("Q", "x")
let form = vector.vm(matrix).vv(vector)
form.backward()

let onPaper = (matrix.t() + matrix).mv(vector).data.elements.map { Double($0) }
notebook.table(
  (0..<5).map { ["∂L/∂x\($0 + 1)", vector.grad[$0], onPaper[$0]] },
  headers: ["", "backward()", "on paper"])
notebook.metric("form_error", rootMeanSquare(vector.grad, onPaper))  //#expect form_error

//: They differ by {{form_error|scientific 1}}, no more than 32-bit floats round. A gradient is an
//: expression of the same operations, so `grad(of:wrt:)` can give it as a variable. Drawn, it is
//: the derivation above:

let slope = grad(of: form, wrt: [vector])[0]
notebook.figure(
  GraphPicture(of: slope),
  alt: "Graph of the gradient of the quadratic form: two products of x and Q, and their sum.",
  caption: "The gradient as the engine derived it: vm is the product with the transpose of Q, mv "
    + "that with Q. The factor 1 is where it began, ∂L/∂L.", name: "gradient-graph")

//: ## Gradients add up
//:
//: `backward()` *adds* to the gradients of the leaves. So a large batch can be taken in parts, and
//: losses can share parameters. The number that it is given is $\bar L$, 1 unless told otherwise.
//: Only `zeroGrad()` begins anew: a training loop that forgets it follows the sum of all gradients
//: so far.

w.zeroGrad()
var rows: [[Any]] = [["zeroGrad()"] + w.grad.elements]
for seed: Float in [1, 1, 0.5] {
  (w * w).sum().backward(seed)
  rows.append(["backward(\(seed))"] + w.grad.elements)
}
notebook.table(rows, headers: ["Σw² at [0.5, −1, 2], after", "∂/∂w₁", "∂/∂w₂", "∂/∂w₃"])
notebook.metric("sum_error", rootMeanSquare(w.grad, [2.5, -5, 10]))  //#expect sum_error

//: For the same reason, what was spread out in the value is summed up in the gradient. In
//: $h = X W^\top + b$ the vector $b$ is added to each of ten rows. That makes ten uses, whose
//: shares add up:
//:
//: $$h_{ij} = \sum_k X_{ik} W_{jk} + b_j ,$$
//:
//: $$\bar b_j = \sum_i \bar h_{ij} , \qquad \bar W_{jk} = \sum_i \bar h_{ij} X_{ik} .$$
//:
//: With $\bar h = 1$ everywhere, each element of $\bar b$ is 10, and each row of $\bar W$ has the
//: column sums of $X$.

weight.zeroGrad()
(inputs.mm(weight.t()) + bias).backward()
let columns = inputs.sum(axes: 0).data.elements.map { Double($0) }
notebook.show("gradient of b: \(bias.grad), of W:\n\(weight.grad)")
let (found, expected) = (bias.grad.elements + weight.grad.elements, [10, 10] + columns + columns)
notebook.metric("spread_error", rootMeanSquare(Tensor(found), expected))  //#expect spread_error

//: ## Derivatives of derivatives
//:
//: If gradients are graphs, they have gradients. That of a vector is that of the sum of its
//: elements; where each of these depends on one $x_i$, it is the derivative at every point. Here
//: are $f(x) = e^{\sin x}$ and its derivatives up to the third:

func f<V: Variable>(_ x: V) -> V { x.sin().exp() }

let points = Var.linspace(-6, 6, 601).requiresGrad()
var curves = [f(points)]
for _ in 1...3 { curves.append(grad(of: curves.last!, wrt: [points])[0]) }
notebook.figure(
  Figure.derivatives(at: points.data, curves.map(\.data)),
  alt: "The function exp(sin x) and its first three derivatives between −6 and 6.",
  caption: "Each curve crosses zero where the one before it has a maximum or a minimum.",
  name: "derivatives")

//: On paper it is $f''' = (\cos^3 x - 3 \sin x \cos x - \cos x)\, f$, and that is the last
//: derivative of this page that took pencil and patience.

let xs = points.data.elements.map { Double($0) }
let third = xs.map { (pow(cos($0), 3) - 3 * sin($0) * cos($0) - cos($0)) * exp(sin($0)) }
notebook.metric("third_error", rootMeanSquare(curves[3].data, third))  //#expect third_error

//: ## Is it right? Ask the differences
//:
//: The oldest check needs no calculus. Taylor's formula says
//:
//: $$\frac{f(x + h) - f(x - h)}{2h} = f'(x) + \frac{h^2}{6} f'''(x) + O(h^4) ,$$
//:
//: so the smaller $h$, the better. But values are rounded, by a relative $\varepsilon = 2^{-24}$ in
//: 32 bits. The two values of $f$ are off by some $\varepsilon |f|$, and so is their difference,
//: which $h$ divides: an error of about $\varepsilon |f| / h$. The sum of both errors is least near
//: $h^* = (3 \varepsilon |f / f'''|)^{1/3}$, and there it is still of the size $\varepsilon^{2/3}$:
//: at best a third of the digits is lost. We try many $h$, in 32 bits and in 64.

func f(_ x: Double) -> Double { exp(sin(x)) }

let slopes = xs.map { cos($0) * f($0) }
let widths = Tensor.logspace(-8, 0, 49).elements
let single = widths.map { h in
  let x = Var(points.data)
  return rootMeanSquare(((f(x + h) - f(x - h)) / (2 * h)).data, slopes)
}
let double = widths.map { Double($0) }.map { h in
  rootMeanSquare(xs.map { (f($0 + h) - f($0 - h)) / (2 * h) }, slopes)
}
let best = single.indices.min { single[$0] < single[$1] }!
let gradientError = rootMeanSquare(curves[1].data, slopes)
notebook.metric("gradient_error", gradientError)  //#expect gradient_error
notebook.metric("difference_error", single[best])  //#expect difference_error
notebook.metric("best_width", Double(widths[best]))
notebook.figure(
  Figure.differences(
    widths, single: single, double: double, gradient: gradientError,
    bend: rootMeanSquare(third), size: rootMeanSquare(xs.map { f($0) })),
  alt: "Error of central differences against the step, on logarithmic axes: a V for 32 bits, a "
    + "deeper one for 64 bits, and the level line of the error of backward().",
  caption: "To the right truncation, which falls with the square of h, whatever the bits; to the "
    + "left rounding, which grows as h shrinks and stays below its law.", name: "differences")

//: The best of all differences in 32 bits, at $h =$ {{best_width|scientific 0}}, is off by
//: {{difference_error|scientific 1}}; the gradient is off by {{gradient_error|scientific 1}}, as
//: little as the numbers themselves. (Below $h = 10^{-7}$ most $x + h$ are rounded to $x$, the
//: difference is 0, and the error is as large as $f'$.) Besides, differences cost two evaluations
//: for every parameter. They are for tests: `checkGradients`, used below, makes them in 64 bits.
//:
//: ## Without gradients
//:
//: `detached()` gives a value without its past. In $\sum v \cdot \text{detached}(v)$ the second
//: factor is a constant to the chain rule, so the gradient is $v$ and not $2v$. And where nobody
//: needs a gradient, as in validation, a graph can be computed without keeping what `backward()`
//: would want: `noGrad()` says so for one graph, until `withGrad()`, and `withoutGradients { … }`
//: for all that is computed inside.

v.zeroGrad()
(v * v.detached()).sum().backward()
notebook.show("v: \(v.data), gradient: \(v.grad)")
norm.noGrad()
norm.forward()
notebook.show("norm \(norm), nothing kept")

//: ## An operation of your own
//:
//: What the library lacks is a function of what it has, and the gradient comes by itself. Now and
//: then the formula is no way to compute it: in $\log \cosh x$ the hyperbolic cosine overflows from
//: $x = 90$ on. Two closures state the value in another form, $|x| + \log(1 + e^{-2|x|}) - \log 2$,
//: and the gradient, $\tanh x$. What one derives oneself one may get wrong, so beside it stands a
//: careless version whose pullback is one percent too large. `checkGradients` finds it. (The step
//: is wide because these closures compute in 32 bits; the figure above says why.)

func logCosh(factor: Float) -> TensorOperation {
  TensorOperation("logCosh") { x in
    Tensor(x[0].elements.map { abs($0) + log1p(exp(-2 * abs($0))) - log(2) }, shape: x[0].shape)
  } pullback: { upstream, x, _ in
    [upstream * x[0].tanh() * factor]
  }
}
let (right, careless) = (logCosh(factor: 1), logCosh(factor: 1.01))

let far = Var.from([-1000, -1, 0, 1, 1000]).requiresGrad()
right(far).backward()
notebook.show("value: \(right(far))\ngradient: \(far.grad)")

let trial: [Tensor] = [[-2, -0.5, 1, 3]]
try checkGradients(of: { right($0[0]) }, at: trial, step: 0.05, tolerance: 1e-3)
do {
  try checkGradients(of: { careless($0[0]) }, at: trial, step: 0.05, tolerance: 1e-3)
} catch { notebook.note("`\(error)`") }

//: ## A mistake in a shape
//:
//: Matrices that don't fit stop the program. To show what it says then, this one has just started
//: itself a second time, to do nothing but call this function:

func mistake() {
  let images = Var.rand(32, 784)
  let weight = Var.rand(128, 10).requiresGrad()
  weight.name = "output.weight"
  _ = images.mm(weight)
}
notebook.note("`\(try Mistake.lastWords())`")

//: The line of the product, which computes nothing yet; both shapes; the two numbers that ought to
//: be equal; the parameter's name.
//:
//: ## A minimum, by hand
//:
//: All together now. Rosenbrock's function is a narrow valley bent like a banana. It is 0 at
//: $(1, 1)$, and nowhere less:
//:
//: $$f(x, y) = (1 - x)^2 + 100\,(y - x^2)^2 .$$
//:
//: The graph is built once. Each step computes it at a new place, takes the gradient and moves the
//: leaf. How far and where to is what searches differ in.

let place = Var.from([-1.2, 1]).requiresGrad()
let valley = (1 - place[0]).square() + 100 * (place[1] - place[0].square()).square()

func search(_ split: String, steps: Int, move: (_ gradient: [Float]) -> [Float]) -> Search {
  var search = Search()
  place.data = [-1.2, 1]
  for step in 0...steps {
    valley.forward()
    valley.backward()
    search.record(place.data, loss: valley.item)
    notebook.history(step: step, epoch: 1, split: split, loss: Double(valley.item))
    for (axis, way) in zip(0..., move(place.grad.elements)) { place.data[axis] += way }
    place.zeroGrad()
  }
  return search
}

//: *Gradient descent* goes against the gradient, $p \leftarrow p - \eta \nabla f$; *momentum*
//: against a fading sum of gradients, $s \leftarrow 0.9\, s + \nabla f$ and
//: $p \leftarrow p - \eta s$. *Newton's method* goes to where the gradient would vanish if it were
//: linear, $p \leftarrow p - H^{-1} \nabla f$, with the matrix $H$ of second derivatives: gradients
//: of the gradient again, and `hessian` gives them as a variable.

let (rate, steps) = (Float(notebook[\.learningRate]), notebook[\.steps])
let descent = search("train-descent", steps: steps) { gradient in gradient.map { -rate * $0 } }

var sum: [Float] = [0, 0]
let momentum = search("train-momentum", steps: steps) { gradient in
  sum = zip(sum, gradient).map { 0.9 * $0 + $1 }
  return sum.map { -rate * $0 }
}

let curvature = hessian(of: valley, wrt: place)
let newton = search("newton", steps: 8) { gradient in
  curvature.forward()
  return solve(curvature.data, gradient.map { -$0 })
}

//: All three start at $(-1.2, 1)$, in the far arm of the banana:

notebook.figure(
  Figure.valley(descent, momentum, newton),
  alt: "Rosenbrock's valley from above, with the ways of the three searches to its minimum.",
  caption:
    "The darker, the lower. Descent drops to the bottom and creeps along it; momentum swings "
    + "from side to side and is soon far ahead. Newton's second step leaves the picture, the third "
    + "comes back.", name: "valley")
notebook.figure(
  Figure.losses(descent, momentum, newton),
  alt: "Loss of the three searches against the number of steps, on logarithmic axes.",
  caption: "Near the minimum Newton's method squares its error with every step; its last losses, "
    + "exactly 0, don't show on this axis. Momentum ends where 32 bits end.", name: "losses")

//: Why is descent so slow? Near the minimum the valley is a paraboloid whose curvatures
//: $\lambda_1 > \lambda_2$ are the eigenvalues of $H$, and a step multiplies the distances along
//: its axes by $1 - \eta \lambda$. The step has to suit the steep axis, $\eta < 2 / \lambda_1$. The
//: distance along the flat one is then multiplied by $1 - \eta \lambda_2$, which is hardly less
//: than 1, and the loss by the square of that.

place.data = [1, 1]
curvature.forward()
let (flat, steep) = eigenvalues(curvature.data)
notebook.show(curvature)
notebook.metric("steep", steep)  //#expect steep
notebook.metric("flat", flat)  //#expect flat
notebook.metric("predicted_rate", pow(1 - Double(rate) * flat, 2))
notebook.metric("measured_rate", descent.lastRate)
notebook.metric("descent_loss", descent.losses[steps])
notebook.metric("momentum_steps", Double(momentum.steps(to: 1e-4) ?? steps))
notebook.metric("newton_loss", newton.losses[8])
//#expect descent_loss momentum_steps newton_loss
notebook.table(
  zip(["descent", "momentum", "Newton"], [descent, momentum, newton]).map { name, search in
    [name] + [1, 1e-2, 1e-4].map { search.steps(to: $0).map { "\($0)" } ?? "–" }
  }, headers: ["steps to a loss of", "1", "0.01", "0.0001"])

//: With $\lambda_1 = {{steep|fixed 0}}$ and $\lambda_2 = {{flat|fixed 2}}$ each step should leave
//: {{predicted_rate|fixed 5}} of the loss; over the last hundred it was {{measured_rate|fixed 5}}.
//: Where gradients keep their direction, momentum's sum grows to $1 + 0.9 + 0.9^2 + \dots = 10$ of
//: them, and it takes about a tenth of the steps. Newton's method doesn't care how narrow a valley
//: is, but it needs all second derivatives, of which a network with a million weights has a million
//: squared, and its wild second step shows what it makes of a function that is far from a
//: paraboloid.
//:
//: ## What this tour left out
//:
//: `SGD`, `Adam` and others do what `move` does here, for any number of parameters at once;
//: `Linear`, `Conv2d` and others hold the parameters. `swift run tutorial-regression` goes on with
//: both. What there isn't: numbers of other types than 32-bit floats, devices other than the CPU,
//: and shapes in the type system, so that a wrong one is found when its line runs, not when it is
//: compiled.

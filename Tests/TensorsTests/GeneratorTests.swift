import NeuronikaTensors
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct GeneratorTests {
  @Test("Equal seeds draw equal numbers, other seeds and later draws others")
  func seeds() {
    var (a, b, c) = (Generator(seed: 1), Generator(seed: 1), Generator(seed: 2))
    let first = a.draw().normal([10])
    #expect(first == b.draw().normal([10]))
    #expect(first != c.draw().normal([10]))
    #expect(first != a.draw().normal([10]))
  }

  @Test("The size of a fill does not change the next one")
  func fillsAreIndependent() {
    var (a, b) = (Generator(seed: 1), Generator(seed: 1))
    _ = a.draw().uniform([1])
    _ = b.draw().uniform([1000])
    #expect(a.draw().uniform([8]) == b.draw().uniform([8]))
  }

  @Test("A generator goes on from its state", arguments: [0, 1, UInt64.max])
  func state(_ seed: UInt64) throws {
    var generator = Generator(seed: seed, nextDraw: .max)
    var copy = try Generator(state: generator.state)
    #expect(generator == copy)
    for _ in 0..<3 { #expect(generator.next() == copy.next()) }
  }

  @Test("A state that isn't a generator's is an error that names the key")
  func badState() {
    var state = Generator(seed: 1).state
    state["draw"] = nil
    #expect(throws: StateError.missing(key: "draw", present: ["seed"])) {
      try Generator(state: state)
    }
    state["draw"] = .number(0.5)
    #expect(throws: StateError.self) { try Generator(state: state) }
    state["draw"] = .integer(0)
    state["more"] = .integer(0)
    #expect(throws: StateError.unexpected(keys: ["more"])) { try Generator(state: state) }
  }

  @Test("It serves Swift's own random functions")
  func randomNumberGenerator() {
    var (a, b) = (Generator(seed: 4), Generator(seed: 4))
    #expect((0..<100).shuffled(using: &a) == (0..<100).shuffled(using: &b))
    #expect((0..<100).contains(Int.random(in: 0..<100, using: &a)))
  }

  @Test("withSeed makes constructors repeat themselves and leaves the outside alone")
  func seeded() {
    let outer = RandomSource(seed: 0)
    RandomSource.$current.withValue(outer) {
      let a = withSeed(7) { [Tensor.rand([3]), Tensor.randn([3])] }
      let b = withSeed(7) { [Tensor.rand([3]), Tensor.randn([3])] }
      #expect(a == b)
      #expect(withSeed(8) { Tensor.rand([3]) } != a[0])
      #expect(outer.generator == Generator(seed: 0))
      let nested = withSeed(7) {
        withSeed(9) { _ = Tensor.rand([3]) }
        return Tensor.rand([3])
      }
      #expect(nested == a[0])
    }
  }

  @Test("withSeed passes errors on")
  func seededThrows() {
    #expect(throws: CancellationError.self) { try withSeed(1) { throw CancellationError() } }
  }

  @Test("withSeed reaches across suspension points and into child tasks")
  func seededAsync() async {
    let expected = withSeed(7) { [Tensor.rand([3]), Tensor.rand([3])] }
    let found = await withSeed(7) {
      let first = Tensor.rand([3])
      await Task.yield()
      async let second = Tensor.rand([3])
      return [first, await second]
    }
    #expect(found == expected)
  }

  @Test("A source and a generator of one seed draw the same")
  func explicitSources() {
    let source = RandomSource(seed: 5)
    var generator = Generator(seed: 5)
    #expect(Tensor.rand([4], using: source) == Tensor.rand([4], using: &generator))
    #expect(Tensor.randn([4], using: source) == Tensor.randn([4], using: &generator))
    #expect(source.generator == generator)
    source.generator = Generator(seed: 5)
    #expect(source.draw() == Draw(seed: 5, number: 0))
  }

  @Test("NEURONIKA_SEED seeds the default source")
  func environment() async {
    await #expect(processExitsWith: .success) {
      setenv("NEURONIKA_SEED", "18446744073709551615", 1)
      #expect(RandomSource.current.generator == Generator(seed: .max))
    }
    await #expect(processExitsWith: .success) {
      unsetenv("NEURONIKA_SEED")
      #expect(RandomSource.current.generator == Generator(seed: RandomSource.defaultSeed))
    }
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      setenv("NEURONIKA_SEED", "lucky", 1)
      _ = Tensor.rand([1])
    }
    expectMessage(
      result,
      "NEURONIKA_SEED is \"lucky\", but a seed is a whole number from 0 to 18446744073709551615")
  }
}

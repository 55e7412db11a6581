// swift-tools-version: 6.2
//
// Folders keep short names; targets carry the prefix, so that a program that uses Neuronika can
// have a module named `Charts` of its own.

import PackageDescription

/// Everything but tests is compiled optimised in debug builds too, so that plain `swift run` is fast.
/// `NEURONIKA_CHECKED=1` keeps what that leaves out, `assert`s and the run-time check for exclusive
/// access (a quarter of the time of a small training step); CI runs its debug tests so.
let checked = Context.environment["NEURONIKA_CHECKED"] != nil
let optimised =
  ["-O"] + (checked ? ["-assert-config", "Debug"] : ["-enforce-exclusivity=unchecked"])
let fast: [SwiftSetting] = [.unsafeFlags(optimised)]
/// Functions begin at lines of the cache, as those in C do. Else a change anywhere moves the loops of
/// all others across lines: relu of a million numbers took 91 or 117 µs, depending on the length of
/// functions that it never calls.
let aligned = ["-Xllvm", "-align-all-functions=6"]
/// The engine's rooms are compiled as whole modules: a graph is built through generic functions that
/// stand in other files.
let fastest: [SwiftSetting] = [
  .unsafeFlags(optimised + ["-wmo", "-num-threads", "2", "-disable-batch-mode"] + aligned)
]
let fastC: [CSetting] = [
  .unsafeFlags(["-O3", "-ffp-contract=off", "-fno-math-errno", "-falign-functions=64"])
]

/// One room of the library: `Sources/<folder>` becomes the target `Neuronika<folder>`.
func room(
  _ folder: String, needs: [Target.Dependency] = [], settings: [SwiftSetting] = fastest
) -> Target {
  .target(
    name: "Neuronika" + folder, dependencies: needs, path: "Sources/" + folder,
    swiftSettings: settings)
}

/// A module map of a C library, or at most a header of thin wrappers around it.
func systemLibrary(_ folder: String, package: [String]) -> Target {
  .systemLibrary(
    name: "CNeuronika" + folder.dropFirst(), path: "Sources/" + folder, providers: [.apt(package)])
}

/// - Parameter seesPackage: Whether it may use what is internal to the package. Without, it sees what
///   users see, and names of layers don't meet those of operations.
func suite(
  _ folder: String, needs: [Target.Dependency], seesPackage: Bool = true
) -> Target {
  .testTarget(
    name: folder, dependencies: needs, path: "Tests/" + folder, packageAccess: seesPackage)
}

/// A tutorial sees of the library what its readers see.
///
/// - Parameter data: Folders with what it reads.
func tutorial(_ folder: String, data: [String] = []) -> Target {
  .executableTarget(
    name: "tutorial-" + folder,
    dependencies: [
      "Neuronika", "NeuronikaCharts", "NeuronikaTutorialKit", "NeuronikaTutorials", arguments,
    ],
    path: "Tutorials/" + folder, exclude: ["Expected"] + data, packageAccess: false,
    swiftSettings: fast + [.defaultIsolation(MainActor.self)])
}

/// A program that tests run: `Tests/Sample<folder>` becomes `sample-<folder>`.
func sample(_ folder: String, needs: [Target.Dependency]) -> Target {
  .executableTarget(
    name: "sample-" + folder.lowercased(), dependencies: needs + [arguments],
    path: "Tests/Sample" + folder, packageAccess: false,
    swiftSettings: fast + [.defaultIsolation(MainActor.self)])
}

let arguments = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

let engine: [Target.Dependency] = [
  "NeuronikaTensors", "NeuronikaGraphs", "NeuronikaExecution", "NeuronikaVariables",
]

let package = Package(
  name: "neuronika",
  products: [
    .library(name: "Neuronika", targets: ["Neuronika"]),
    .library(name: "NeuronikaCharts", targets: ["NeuronikaCharts"]),
    .library(name: "NeuronikaTutorialKit", targets: ["NeuronikaTutorialKit"]),
    .library(name: "NeuronikaBenchmarking", targets: ["NeuronikaBenchmarking"]),
    .executable(name: "tutorial-cnn", targets: ["tutorial-cnn"]),
    .executable(name: "tutorial-mlp", targets: ["tutorial-mlp"]),
    .executable(name: "tutorial-quickstart", targets: ["tutorial-quickstart"]),
    .executable(name: "tutorial-regression", targets: ["tutorial-regression"]),
    .executable(name: "bench", targets: ["bench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
  ],
  targets: [
    .target(
      name: "Neuronika",
      dependencies: [
        "NeuronikaTensors", "NeuronikaGraphs", "NeuronikaExecution", "NeuronikaVariables",
        "NeuronikaNN", "NeuronikaOptim", "NeuronikaDatasets", "NeuronikaCheckpoints",
      ],
      path: "Sources/Neuronika", swiftSettings: fast),
    room("Tensors"),
    room("Hashing"),
    room("Graphs", needs: ["NeuronikaTensors"]),
    room(
      "Execution",
      needs: [
        "NeuronikaTensors", "NeuronikaGraphs", "CNeuronikaTiles", "CNeuronikaOneDNN",
        "CNeuronikaOpenMP",
      ]),
    room("Variables", needs: ["NeuronikaTensors", "NeuronikaGraphs", "NeuronikaExecution"]),
    room("NN", needs: ["NeuronikaTensors", "NeuronikaGraphs", "NeuronikaVariables"]),
    room(
      "Optim",
      needs: ["NeuronikaTensors", "NeuronikaGraphs", "NeuronikaExecution", "NeuronikaVariables"]),
    room("Datasets", needs: ["NeuronikaTensors", "NeuronikaHashing", "CNeuronikaZlib"]),
    room("Checkpoints", needs: ["NeuronikaTensors"]),
    room("Charts", needs: ["CNeuronikaPNG"], settings: fast),
    room(
      "TutorialKit", needs: ["NeuronikaHashing", "CNeuronikaMarkGFM", arguments], settings: fast),
    room("Benchmarking", settings: fast),
    // C only where Swift can't say it: the tile kernels, and module maps of system libraries.
    .target(name: "CNeuronikaTiles", path: "Sources/CTiles", cSettings: fastC),
    systemLibrary("COneDNN", package: ["libdnnl-dev"]),
    systemLibrary("COpenMP", package: ["libgomp1"]),
    systemLibrary("CPNG", package: ["libpng-dev"]),
    systemLibrary("CZlib", package: ["zlib1g-dev"]),
    systemLibrary(
      "CMarkGFM", package: ["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"]),
    .target(
      name: "NeuronikaTutorials",
      dependencies: ["Neuronika", "NeuronikaCharts", "NeuronikaTutorialKit", arguments],
      path: "Tutorials/Support", packageAccess: false,
      swiftSettings: fast + [.defaultIsolation(MainActor.self)]),
    tutorial("cnn"),
    tutorial("mlp"),
    tutorial("quickstart"),
    tutorial("regression", data: ["Data"]),
    .target(name: "CNeuronikaLimits", path: "Bench/CLimits", cSettings: fastC),
    .executableTarget(
      name: "bench",
      dependencies: [
        "Neuronika", "NeuronikaCharts", "NeuronikaBenchmarking", "CNeuronikaLimits",
        "CNeuronikaOpenMP", arguments,
      ],
      path: "Bench", exclude: ["Baselines", "CLimits", "Golden", "Peers"], packageAccess: false,
      swiftSettings: fast + [.defaultIsolation(MainActor.self)]),
    suite("TensorsTests", needs: ["NeuronikaTensors"]),
    suite("HashingTests", needs: ["NeuronikaHashing"]),
    suite(
      "DatasetsTests",
      needs: ["NeuronikaTensors", "NeuronikaHashing", "NeuronikaDatasets", "CNeuronikaZlib"]),
    suite("ChartsTests", needs: ["NeuronikaCharts", "CNeuronikaPNG"]),
    // Tutorials that misbehave on demand, and what runs them as programs.
    sample("Tutorial", needs: ["NeuronikaTutorialKit"]),
    sample("Training", needs: ["Neuronika", "NeuronikaTutorialKit", "NeuronikaTutorials"]),
    .target(name: "TutorialRunning", path: "Tests/Support"),
    suite(
      "TutorialKitTests", needs: ["NeuronikaTutorialKit", "TutorialRunning", "sample-tutorial"]),
    suite(
      "TutorialsTests",
      needs: ["Neuronika", "NeuronikaTutorials", "TutorialRunning", "sample-training"]),
    suite("BenchmarkingTests", needs: ["NeuronikaBenchmarking"]),
    suite("TilesTests", needs: ["CNeuronikaTiles"]),
    suite("ContractTests", needs: engine),
    suite("EngineTests", needs: engine),
    suite("RandomGraphTests", needs: engine),
    suite(
      "NNTests", needs: engine + ["NeuronikaNN", "NeuronikaOptim", "Neuronika"],
      seesPackage: false),
    suite("OptimTests", needs: engine + ["NeuronikaOptim"]),
    suite("CheckpointsTests", needs: ["NeuronikaTensors", "NeuronikaCheckpoints"]),
  ],
  swiftLanguageModes: [.v6]
)

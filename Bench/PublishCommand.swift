import ArgumentParser
import Foundation
import NeuronikaBenchmarking

struct PublishCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish", abstract: "Make runs the ones that the README shows.",
    discussion: """
      Takes what `bench run` and `bench peers` wrote, of the same machine and revision, into \
      results/gallery/bench, in the place of what is there, and writes the README's performance \
      section from it. No number there is typed.

      \(exitStatuses)
      """)

  @Option(
    name: .customLong("run"), help: ArgumentHelp("What `bench run` wrote.", valueName: "folder"))
  var runFolder: String?

  @Option(
    name: .customLong("peers"),
    help: ArgumentHelp("What `bench peers` wrote.", valueName: "folder"))
  var peersFolder: String?

  @Flag(help: "Write the README's section anew from what is published.")
  var readme = false

  @Flag(help: "Write nothing: is the README's section what the published run gives?")
  var check = false

  @Option(help: "The package's folder. (default: where bench was built from)")
  var folder: String?

  func validate() throws {
    let hasFolders = runFolder != nil || peersFolder != nil
    if [hasFolders, readme, check].filter({ $0 }).count != 1 {
      throw ValidationError(
        "Name the folders with --run, --peers or both; or say --readme; or --check.")
    }
  }

  func run() throws {
    try MainActor.assumeIsolated {
      let publication = Publication(folder ?? sourceFolder.path)
      if check { return try publication.check() }
      if readme { return try publication.rewrite() }
      try publication.publish(run: runFolder, peers: peersFolder)
    }
  }
}

import ArgumentParser
import Foundation
import NeuronikaBenchmarking

do {
  try BenchCommand.refuseUnknownVerb(CommandLine.arguments.dropFirst().first)
  var command = try BenchCommand.parseAsRoot()
  try command.run()
} catch let conclusion as Conclusion {
  exit(conclusion.status.rawValue)
} catch let error as CantWrite {
  fail(73, error)
} catch {
  if let status = exitStatus(of: error) { fail(status.rawValue, "\(error)") }
  let code = BenchCommand.exitCode(for: error)
  if code == .success || code != .validationFailure { BenchCommand.exit(withError: error) }
  fail(ExitStatus.usage.rawValue, BenchCommand.fullMessage(for: error))
}

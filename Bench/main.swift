import ArgumentParser
import Foundation

do {
  var command = try BenchCommand.parseAsRoot()
  try command.run()
} catch let error as WrongResult {
  fail(6, error)
} catch let error as NothingCompared {
  fail(5, error)
} catch let error as CantWrite {
  fail(73, error)
} catch let error as Peer.Failure {
  fail(1, error)
} catch {
  let code = BenchCommand.exitCode(for: error)
  if code == .success || code != .validationFailure { BenchCommand.exit(withError: error) }
  fail(2, BenchCommand.fullMessage(for: error))
}

func fail(_ status: Int32, _ message: some CustomStringConvertible) -> Never {
  progress(nil)
  FileHandle.standardError.write(Data("\(message)\n".utf8))
  exit(status)
}

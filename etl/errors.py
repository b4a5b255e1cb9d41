class UserError(Exception): pass
class ExportError(UserError): pass
class SourceError(UserError): pass
class RuleError(UserError): pass
class WorkspaceError(UserError): pass

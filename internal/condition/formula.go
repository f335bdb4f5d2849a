package condition

import (
	"fmt"
	"time"

	"cel.dev/cel-go/cel"

	"regulars/internal/fault"
)

// maxCost bounds the work of one evaluation, in the units of CEL: about one
// for each operation and each ten letters looked at.
const maxCost = 20_000

// Limits of the expression as it is read; CEL's own are larger.
const (
	maxNesting = 50
	maxNodes   = 500
	maxRegex   = 1000
)

// formula is a CEL expression over the fields of a catalogue.
type formula struct {
	text    string
	types   map[string]Field
	program cel.Program
}

// newEnv declares each field under its own name with its CEL type: amounts and
// numbers are int, clocks and dates texts that compare in order.
func newEnv(fields []Field) (*cel.Env, error) {
	options := []cel.EnvOption{
		cel.ParserRecursionLimit(maxNesting), cel.ExpressionNodeLimit(maxNodes),
		cel.ParserExpressionSizeLimit(maxFormula), cel.RegexProgramSizeLimit(maxRegex),
	}
	for _, f := range fields {
		options = append(options, cel.Variable(f.Name, celType(f.Type)))
	}
	return cel.NewEnv(options...)
}

func celType(t Type) *cel.Type {
	switch t {
	case Text, Clock, Date:
		return cel.StringType
	case Set:
		return cel.ListType(cel.StringType)
	case Flag:
		return cel.BoolType
	case Attributes:
		return cel.MapType(cel.StringType, cel.StringType)
	}
	return cel.IntType
}

func compileFormula(text string, catalog *Catalog, at string) (term, error) {
	env, err := catalog.env()
	if err != nil {
		return nil, fmt.Errorf("declaring the fields for CEL: %w", err)
	}
	ast, issues := env.Compile(text)
	if issues.Err() != nil {
		return nil, badFormula(issues.Errors()).At(at)
	}
	if !ast.OutputType().IsExactType(cel.BoolType) {
		return nil, fault.Invalid("condition_formula_kind", "the expression gives %s; it must give true or false", ast.OutputType()).
			At(at).With("kind", ast.OutputType().String())
	}
	program, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(maxCost))
	if err != nil {
		return nil, fault.Invalid("condition_formula", "the expression cannot be used: %v", err).
			At(at).With("column", 0).With("detail", err.Error())
	}
	return &formula{text, catalog.byName, program}, nil
}

// badFormula tells the first thing that is wrong with an expression.
func badFormula(issues []*cel.Error) *fault.Error {
	first := issues[0]
	column := first.Location.Column() + 1
	return fault.Invalid("condition_formula", "the expression is wrong at letter %d: %s", column, first.Message).
		With("column", column).With("detail", first.Message)
}

func (e *formula) match(f Facts) (bool, error) {
	out, _, err := e.program.Eval(activation{f, e.types})
	if err != nil {
		return false, fmt.Errorf("evaluating %q: %w", e.text, err)
	}
	ok, isBool := out.Value().(bool)
	if !isBool {
		return false, fmt.Errorf("evaluating %q: it gave %s", e.text, out.Type().TypeName())
	}
	return ok, nil
}

// activation lets an expression ask the facts.
type activation struct {
	facts Facts
	types map[string]Field
}

// Parent implements cel.Activation.
func (activation) Parent() cel.Activation { return nil }

// ResolveName implements cel.Activation. A text that is not known is empty,
// and so are a set and attributes; asking for anything else that is not known
// makes the expression fail.
func (a activation) ResolveName(name string) (any, bool) {
	field, declared := a.types[name]
	if !declared {
		return nil, false
	}
	v, known := a.facts.Fact(name)
	switch field.Type {
	case Text:
		return v.Text, true
	case Set:
		return v.Set, true
	case Attributes:
		return v.Texts, true
	case Flag:
		return v.Flag, known
	case Clock:
		return clockOf(v.Int), known
	case Date:
		return dayOf(v.Int).Format(time.DateOnly), known
	}
	return v.Int, known
}

//! A recursive descent parser of executable documents. `cost::check_text` has limited the nesting
//! of brackets, and with it the recursion.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    BaseType, Directive, Field, FragmentDefinition, FragmentSpread, InlineFragment, OperationDefinition,
    OperationType, Selection, SelectionSet, Type, TypeCondition, VariableDefinition,
};
use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::{ConstValue, Number, Value};

use super::lexer::{Lexeme, Lexer};
use super::syntax_error;
use crate::api::engine::failure::Failure;

/// A definition and its name.
pub(super) enum ParsedDefinition {
    Operation(Option<Positioned<Name>>, Positioned<OperationDefinition>),
    Fragment(Positioned<Name>, Positioned<FragmentDefinition>),
}

pub(super) struct Parser<'a> {
    lexer: Lexer<'a>,
    token: Lexeme<'a>,
    pos: Pos,
    /// Fields that occur twice in one input object, whose value holds the last one.
    pub(super) repeated: Vec<Positioned<Name>>,
}

type Parsed<T> = Result<T, Failure>;
type ParsedArguments = Vec<(Positioned<Name>, Positioned<Value>)>;

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str) -> Parsed<Self> {
        let mut lexer = Lexer::new(text);
        let (token, pos) = lexer.next()?;
        Ok(Self { lexer, token, pos, repeated: Vec::new() })
    }

    /// Reads the next definition; `None` at the end of the text.
    pub(super) fn definition(&mut self) -> Parsed<Option<ParsedDefinition>> {
        let pos = self.pos;
        match &self.token {
            Lexeme::End => Ok(None),
            Lexeme::Mark("{") => {
                let selection_set = self.selection_set()?;
                let operation = OperationDefinition {
                    ty: OperationType::Query,
                    variable_definitions: Vec::new(),
                    directives: Vec::new(),
                    selection_set,
                };
                Ok(Some(ParsedDefinition::Operation(None, Positioned::new(operation, pos))))
            }
            Lexeme::Name("query") => self.operation(OperationType::Query).map(Some),
            Lexeme::Name("mutation") => self.operation(OperationType::Mutation).map(Some),
            Lexeme::Name("subscription") => self.operation(OperationType::Subscription).map(Some),
            Lexeme::Name("fragment") => self.fragment().map(Some),
            Lexeme::Text(_) => {
                // A description is documentation only.
                self.advance()?;
                match &self.token {
                    Lexeme::Name("query" | "mutation" | "subscription" | "fragment") => self.definition(),
                    _ => Err(self
                        .expected("`query`, `mutation`, `subscription` or `fragment` after a description")),
                }
            }
            _ => Err(self.expected("`{`, `query`, `mutation`, `subscription` or `fragment`")),
        }
    }

    fn operation(&mut self, ty: OperationType) -> Parsed<ParsedDefinition> {
        let pos = self.advance()?;
        let name = match self.token {
            Lexeme::Name(_) => Some(self.name("a name")?),
            _ => None,
        };
        let variable_definitions = if self.token == Lexeme::Mark("(") {
            self.many("(", ")", Self::variable_definition)?
        } else {
            Vec::new()
        };
        let directives = self.directives(false)?;
        let selection_set = self.selection_set()?;
        let operation = OperationDefinition { ty, variable_definitions, directives, selection_set };
        Ok(ParsedDefinition::Operation(name, Positioned::new(operation, pos)))
    }

    fn fragment(&mut self) -> Parsed<ParsedDefinition> {
        let pos = self.advance()?;
        if self.token == Lexeme::Name("on") {
            return Err(self.expected("the name of a fragment"));
        }
        let name = self.name("the name of a fragment")?;
        if self.token != Lexeme::Name("on") {
            return Err(self.expected("`on` and a type"));
        }
        let type_condition = self.type_condition()?;
        let directives = self.directives(false)?;
        let selection_set = self.selection_set()?;
        let fragment = FragmentDefinition { type_condition, directives, selection_set };
        Ok(ParsedDefinition::Fragment(name, Positioned::new(fragment, pos)))
    }

    fn variable_definition(&mut self) -> Parsed<Positioned<VariableDefinition>> {
        if matches!(self.token, Lexeme::Text(_)) {
            self.advance()?;
        }
        let pos = self.mark("$")?;
        let name = self.name("the name of a variable")?;
        self.mark(":")?;
        let var_type = self.kind()?;
        let default_value = if self.token == Lexeme::Mark("=") {
            self.advance()?;
            let pos = self.pos;
            let value = self.value(true)?.into_const();
            value.map(|value: ConstValue| Positioned::new(value, pos))
        } else {
            None
        };
        let directives = self.directives(true)?;
        Ok(Positioned::new(VariableDefinition { name, var_type, directives, default_value }, pos))
    }

    fn kind(&mut self) -> Parsed<Positioned<Type>> {
        let pos = self.pos;
        let base = if self.token == Lexeme::Mark("[") {
            self.advance()?;
            let element = self.kind()?.node;
            self.mark("]")?;
            BaseType::List(Box::new(element))
        } else {
            BaseType::Named(self.name("a type")?.node)
        };
        let nullable = self.token != Lexeme::Mark("!");
        if !nullable {
            self.advance()?;
        }
        Ok(Positioned::new(Type { base, nullable }, pos))
    }

    fn selection_set(&mut self) -> Parsed<Positioned<SelectionSet>> {
        let pos = self.pos;
        let items = self.many("{", "}", Self::selection)?;
        Ok(Positioned::new(SelectionSet { items }, pos))
    }

    fn selection(&mut self) -> Parsed<Positioned<Selection>> {
        let pos = self.pos;
        let selection = if self.token == Lexeme::Mark("...") {
            self.advance()?;
            match self.token {
                Lexeme::Name(name) if name != "on" => {
                    let fragment_name = self.name("the name of a fragment")?;
                    let directives = self.directives(false)?;
                    Selection::FragmentSpread(Positioned::new(
                        FragmentSpread { fragment_name, directives },
                        pos,
                    ))
                }
                _ => {
                    let type_condition =
                        if self.token == Lexeme::Name("on") { Some(self.type_condition()?) } else { None };
                    let directives = self.directives(false)?;
                    let selection_set = self.selection_set()?;
                    let inline = InlineFragment { type_condition, directives, selection_set };
                    Selection::InlineFragment(Positioned::new(inline, pos))
                }
            }
        } else {
            Selection::Field(self.field()?)
        };
        Ok(Positioned::new(selection, pos))
    }

    fn field(&mut self) -> Parsed<Positioned<Field>> {
        let pos = self.pos;
        let first = self.name("a field, `...` or `}`")?;
        let (alias, name) = if self.token == Lexeme::Mark(":") {
            self.advance()?;
            (Some(first), self.name("the name of a field")?)
        } else {
            (None, first)
        };
        let arguments = self.arguments(false)?;
        let directives = self.directives(false)?;
        let selection_set = if self.token == Lexeme::Mark("{") {
            self.selection_set()?
        } else {
            Positioned::new(SelectionSet::default(), pos)
        };
        Ok(Positioned::new(Field { alias, name, arguments, directives, selection_set }, pos))
    }

    /// Reads `on` and a type.
    fn type_condition(&mut self) -> Parsed<Positioned<TypeCondition>> {
        let pos = self.advance()?;
        let on = self.name("a type")?;
        Ok(Positioned::new(TypeCondition { on }, pos))
    }

    fn directives(&mut self, constant: bool) -> Parsed<Vec<Positioned<Directive>>> {
        let mut directives = Vec::new();
        while self.token == Lexeme::Mark("@") {
            let pos = self.advance()?;
            let name = self.name("the name of a directive")?;
            let arguments = self.arguments(constant)?;
            directives.push(Positioned::new(Directive { name, arguments }, pos));
        }
        Ok(directives)
    }

    fn arguments(&mut self, constant: bool) -> Parsed<ParsedArguments> {
        if self.token != Lexeme::Mark("(") {
            return Ok(Vec::new());
        }
        self.many("(", ")", |parser| {
            let name = parser.name("the name of an argument")?;
            parser.mark(":")?;
            let pos = parser.pos;
            Ok((name, Positioned::new(parser.value(constant)?, pos)))
        })
    }

    fn value(&mut self, constant: bool) -> Parsed<Value> {
        let value = match &mut self.token {
            Lexeme::Mark("$") if constant => {
                return Err(self.expected("a value without variables"));
            }
            Lexeme::Mark("$") => {
                self.advance()?;
                return Ok(Value::Variable(self.name("the name of a variable")?.node));
            }
            Lexeme::Mark("[") => {
                self.advance()?;
                let mut elements = Vec::new();
                while self.token != Lexeme::Mark("]") {
                    elements.push(self.value(constant)?);
                }
                Value::List(elements)
            }
            Lexeme::Mark("{") => {
                self.advance()?;
                let mut fields = IndexMap::new();
                while self.token != Lexeme::Mark("}") {
                    let name = self.name("the name of a field or `}`")?;
                    self.mark(":")?;
                    let value = self.value(constant)?;
                    if fields.insert(name.node.clone(), value).is_some() {
                        self.repeated.push(name);
                    }
                }
                Value::Object(fields)
            }
            Lexeme::Name("true") => Value::Boolean(true),
            Lexeme::Name("false") => Value::Boolean(false),
            Lexeme::Name("null") => Value::Null,
            Lexeme::Name(name) => Value::Enum(Name::new(name)),
            Lexeme::Int(text) => match text.parse::<i64>() {
                Ok(number) => Value::Number(number.into()),
                Err(_) => self.number()?,
            },
            Lexeme::Float(_) => self.number()?,
            Lexeme::Text(text) => Value::String(std::mem::take(text)),
            _ => return Err(self.expected("a value")),
        };
        self.advance()?;
        Ok(value)
    }

    /// Returns the value of the current token if it does not fit into an `i64`.
    fn number(&self) -> Parsed<Value> {
        let (Lexeme::Int(text) | Lexeme::Float(text)) = &self.token else {
            return Err(self.expected("a number"));
        };
        let number = match text.parse::<u64>() {
            Ok(number) => Some(Number::from(number)),
            Err(_) => text.parse::<f64>().ok().and_then(Number::from_f64),
        };
        number.map(Value::Number).ok_or_else(|| self.expected("a number that fits into 64 bits"))
    }

    /// Parses one or more elements between two punctuators.
    fn many<T>(
        &mut self,
        open: &'static str,
        close: &'static str,
        mut one: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        self.mark(open)?;
        let mut all = vec![one(self)?];
        while self.token != Lexeme::Mark(close) {
            all.push(one(self)?);
        }
        self.advance()?;
        Ok(all)
    }

    fn mark(&mut self, mark: &'static str) -> Parsed<Pos> {
        if self.token == Lexeme::Mark(mark) {
            self.advance()
        } else {
            Err(self.expected(&format!("`{mark}`")))
        }
    }

    fn name(&mut self, what: &str) -> Parsed<Positioned<Name>> {
        let Lexeme::Name(name) = self.token else { return Err(self.expected(what)) };
        let pos = self.advance()?;
        Ok(Positioned::new(Name::new(name), pos))
    }

    /// Moves to the next token, and returns the position of the previous one.
    fn advance(&mut self) -> Parsed<Pos> {
        let before = self.pos;
        (self.token, self.pos) = self.lexer.next()?;
        Ok(before)
    }

    fn expected(&self, what: &str) -> Failure {
        syntax_error(&format!("expected {what}, found {}", self.token), self.pos)
    }
}

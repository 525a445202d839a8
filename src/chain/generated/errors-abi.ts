// Written by contracts/tools/abi.mjs from contracts/src/Escrow.sol.
export const errorsAbi = [
  {
    "type": "error",
    "name": "AlreadyClaimed",
    "inputs": [
      {
        "name": "epoch",
        "type": "uint256"
      },
      {
        "name": "index",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "AlreadyProven",
    "inputs": [
      {
        "name": "earned",
        "type": "uint256"
      },
      {
        "name": "proven",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "DisputeOpen",
    "inputs": [
      {
        "name": "disputes",
        "type": "uint256"
      },
      {
        "name": "jobId",
        "type": "bytes32"
      }
    ]
  },
  {
    "type": "error",
    "name": "DrawInDraw",
    "inputs": [
      {
        "name": "",
        "type": "uint256"
      },
      {
        "name": "",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "FeeTooHigh",
    "inputs": [
      {
        "name": "fee",
        "type": "uint256"
      },
      {
        "name": "limit",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "JobExists",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "state",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "NoDispute",
    "inputs": [
      {
        "name": "account",
        "type": "address"
      },
      {
        "name": "jobId",
        "type": "bytes32"
      }
    ]
  },
  {
    "type": "error",
    "name": "NoQuorum",
    "inputs": [
      {
        "name": "weight",
        "type": "uint256"
      },
      {
        "name": "needed",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "NonceUsed",
    "inputs": [
      {
        "name": "account",
        "type": "address"
      },
      {
        "name": "nonce",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "NotFinal",
    "inputs": [
      {
        "name": "epoch",
        "type": "uint256"
      },
      {
        "name": "finalAt",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "NotInTree",
    "inputs": [
      {
        "name": "root",
        "type": "bytes32"
      },
      {
        "name": "total",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "NotPending",
    "inputs": [
      {
        "name": "epoch",
        "type": "uint256"
      },
      {
        "name": "finalAt",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OutOfOrder",
    "inputs": [
      {
        "name": "place",
        "type": "uint256"
      },
      {
        "name": "least",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OverBudget",
    "inputs": [
      {
        "name": "added",
        "type": "uint256"
      },
      {
        "name": "available",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OverForceCap",
    "inputs": [
      {
        "name": "forced",
        "type": "uint256"
      },
      {
        "name": "cap",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OverSettlerCap",
    "inputs": [
      {
        "name": "posted",
        "type": "uint256"
      },
      {
        "name": "cap",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "PayRefused",
    "inputs": [
      {
        "name": "account",
        "type": "address"
      },
      {
        "name": "amount",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "SafeERC20FailedOperation",
    "inputs": [
      {
        "name": "token",
        "type": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "StaleSeq",
    "inputs": [
      {
        "name": "seq",
        "type": "uint256"
      },
      {
        "name": "posted",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "TooDeep",
    "inputs": [
      {
        "name": "depth",
        "type": "uint256"
      },
      {
        "name": "limit",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "TooEarly",
    "inputs": [
      {
        "name": "time",
        "type": "uint256"
      },
      {
        "name": "needed",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "TooLate",
    "inputs": [
      {
        "name": "time",
        "type": "uint256"
      },
      {
        "name": "limit",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "TooLittle",
    "inputs": [
      {
        "name": "amount",
        "type": "uint256"
      },
      {
        "name": "needed",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "TotalFell",
    "inputs": [
      {
        "name": "total",
        "type": "uint256"
      },
      {
        "name": "posted",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "UnsoundTerms",
    "inputs": [
      {
        "name": "field",
        "type": "uint256"
      },
      {
        "name": "value",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongAccount",
    "inputs": [
      {
        "name": "account",
        "type": "address"
      },
      {
        "name": "needed",
        "type": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongCaller",
    "inputs": [
      {
        "name": "caller",
        "type": "address"
      },
      {
        "name": "needed",
        "type": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongDeposit",
    "inputs": [
      {
        "name": "received",
        "type": "uint256"
      },
      {
        "name": "needed",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongEpoch",
    "inputs": [
      {
        "name": "epoch",
        "type": "uint256"
      },
      {
        "name": "needed",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongJob",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "needed",
        "type": "bytes32"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongLength",
    "inputs": [
      {
        "name": "length",
        "type": "uint256"
      },
      {
        "name": "needed",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongSigner",
    "inputs": [
      {
        "name": "needed",
        "type": "address"
      },
      {
        "name": "hash",
        "type": "bytes32"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongState",
    "inputs": [
      {
        "name": "state",
        "type": "uint256"
      },
      {
        "name": "jobId",
        "type": "bytes32"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongToken",
    "inputs": [
      {
        "name": "token",
        "type": "address"
      },
      {
        "name": "needed",
        "type": "address"
      }
    ]
  }
] as const

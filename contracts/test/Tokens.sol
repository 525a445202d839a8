// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IEscrow} from "../src/IEscrow.sol";

/// A token that keeps `feeBps` of every transfer; zero makes it a plain one.
contract Token is ERC20("Token", "TOK") {
    uint256 private immutable FEE_BPS;

    constructor(uint256 feeBps) {
        FEE_BPS = feeBps;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        uint256 fee = from == address(0) ? 0 : amount * FEE_BPS / 10_000;
        super._update(from, to, amount - fee);
        if (fee > 0) super._update(from, address(0), fee);
    }
}

/// A token that opens a second job, of the attacker's, while the escrow measures the deposit of the first.
contract NestingToken is ERC20("Nesting", "NEST") {
    IEscrow public escrow;
    IEscrow.Opening private _nested;
    IEscrow.Terms private _terms;
    bool private _isArmed;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function arm(IEscrow target, IEscrow.Opening calldata nested, IEscrow.Terms calldata terms) external {
        (escrow, _nested, _terms, _isArmed) = (target, nested, terms, true);
        _mint(address(this), nested.budget);
        _approve(address(this), address(target), nested.budget);
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (_isArmed && to == address(escrow)) {
            _isArmed = false;
            escrow.open(_nested, _terms, "");
        }
        super._update(from, to, amount);
    }
}

/// An account that refuses coins until it is told to take them.
contract Refuser {
    bool public isWilling;

    function agree() external {
        isWilling = true;
    }

    receive() external payable {
        require(isWilling, "no coins, thank you");
    }
}

/// A payee that claims again while it is paid.
contract Reenterer {
    IEscrow private immutable ESCROW;
    bytes private _again;
    bool public isStopped;

    constructor(IEscrow escrow) {
        ESCROW = escrow;
    }

    function arm(bytes calldata again) external {
        _again = again;
    }

    receive() external payable {
        (bool isDone,) = address(ESCROW).call(_again);
        isStopped = !isDone;
    }
}

/// A settler that is a contract: it vouches for one digest.
contract Wallet is IERC1271 {
    bytes32 private immutable DIGEST;

    constructor(bytes32 digest) {
        DIGEST = digest;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return digest == DIGEST ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
